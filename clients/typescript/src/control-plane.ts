// The control plane of an emulator, asked about one namespace, and its refusals.
import { URLSearchParams } from "node:url";
import { EmulatorError, problemsOf } from "./errors.js";
import { Transport, shortened, type Answer } from "./transport.js";

const ERROR = 400; // the lowest status of an error
const NOTHING_CAME = 408; // of a waiting in vain
const USUAL_MS = 10_000; // for an answer

/** One part of a path. */
export const quoted = encodeURIComponent;

/** What is asked for in particular: values that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The control plane, asked about one namespace. */
export class ControlPlane {
  readonly #headers: Readonly<Record<string, string>>;
  #closed = "";

  /** `token`: of the control plane, or a key of the namespace; `namespace`: undefined is `default`. */
  constructor(
    readonly transport: Transport,
    readonly token: string | undefined,
    readonly namespace?: string,
  ) {
    this.#headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(namespace && { "x-emulator-namespace": namespace }),
    };
  }

  /** The JSON of an answer that is no error; null for one without a body. `extraMs`: what it may take besides the usual. */
  async ask<T>(method: string, path: string, { body, query, extraMs = 0 }: Asked = {}): Promise<T> {
    this.mustBeOpen();
    const target = `/__emulator${path}${written(query)}`;
    const answer = await this.transport.send({ method, path: target, headers: this.#headers, body }, USUAL_MS + extraMs);
    if (answer.status >= ERROR) throw this.#refusal(method, target, answer);
    try {
      return (answer.text ? JSON.parse(answer.text) : null) as T;
    } catch {
      throw this.stranger(method, target, answer);
    }
  }

  /** Throw an EmulatorError that says why nothing is asked any more, if that is so. */
  mustBeOpen(): void {
    if (this.#closed) throw new EmulatorError(this.#closed, { type: "closed" });
  }

  /** Ask nothing any more; whoever tries is told why. */
  close(why: string): void {
    this.#closed = why;
  }

  #refusal(method: string, path: string, answer: Answer): EmulatorError {
    const error = errorOf(answer.text);
    if (error?.type !== "emulator_error") return this.stranger(method, path, answer);
    const { message, details = {} } = error;
    const type = answer.status === NOTHING_CAME ? "timeout" : error.type;
    const lines = [message, ...problemsOf(details).map((one) => `  ${one.field}: ${one.message}`)];
    return new EmulatorError(lines.join("\n"), { status: answer.status, type, method, path, details });
  }

  /** What answers is no emulator. */
  stranger(method: string, path: string, { status, text }: Answer): EmulatorError {
    const said = `What answers at ${this.transport.url} is no emulator: it says ${status} ${shortened(text)}`;
    return new EmulatorError(said, { status, type: "unreachable", method, path });
  }
}

interface Asked {
  body?: unknown;
  query?: Query;
  extraMs?: number;
}

interface Refusal {
  type: string;
  message: string;
  details?: Record<string, unknown>;
}

function errorOf(text: string): Refusal | undefined {
  try {
    return (JSON.parse(text) as { error?: Refusal }).error;
  } catch {
    return undefined;
  }
}

function written(query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size ? `?${given}` : "";
}
