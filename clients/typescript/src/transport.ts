// HTTP to one emulator, by node:http itself: the `fetch` of a test's environment is that of a page, or somebody's mock, and
// a proxy that the environment names would look for localhost on its own machine.
import { Buffer } from "node:buffer";
import * as http from "node:http";
import * as https from "node:https";
import type { Duplex } from "node:stream";
import { URL } from "node:url";
import { EmulatorError } from "./errors.js";

/** A request; its path is below the emulator's URL. */
export interface Request {
  method: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  timeoutMs?: number;
}

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  text: string;
}

const TIMEOUT_MS = 10_000;
const SHORT = 240; // characters of an answer in a message

/** Connections to one emulator, kept for other requests. */
export class Transport {
  readonly #agent: http.Agent;
  readonly #place: URL;
  readonly #sockets = new Set<Duplex>();

  /** `url`: `http://host:port`, or https. */
  constructor(readonly url: string) {
    this.#place = placeOf(url);
    this.#agent = this.#isEncrypted ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  }

  get #isEncrypted(): boolean {
    return this.#place.protocol === "https:";
  }

  /** The answer, whatever its status. A kept connection may have been closed meanwhile: then the request is sent again. */
  async send(request: Request): Promise<Answer> {
    for (;;) {
      const sent = this.begin(request);
      try {
        return await answered(sent, request.timeoutMs ?? TIMEOUT_MS);
      } catch (error) {
        if (sent.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET") continue;
        throw this.#lost(request, error as NodeJS.ErrnoException);
      }
    }
  }

  /** A request that is being sent; `agent: false` gives it a connection of its own. */
  begin({ method, path, headers = {}, body }: Request, agent: http.Agent | false = this.#agent): http.ClientRequest {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const about = sent && { "content-type": "application/json", "content-length": String(sent.length) };
    const ask = this.#isEncrypted ? https.request : http.request;
    const request = ask(new URL(this.#place.pathname.replace(/\/$/, "") + path, this.#place), {
      method,
      agent,
      headers: { ...headers, ...about },
    });
    return request.end(sent);
  }

  /** Close this connection, too, when everything is closed. */
  opened(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /** Close everything that is open. */
  close(): void {
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  #lost({ method, path, timeoutMs = TIMEOUT_MS }: Request, error: NodeJS.ErrnoException): EmulatorError {
    if (error.code === "ETIMEDOUT_HERE") {
      return new EmulatorError(`The emulator at ${this.url} did not answer ${method} ${path} within ${timeoutMs / 1000} s.`, {
        type: "timeout", method, path,
      });
    }
    return unreachable(this.url, method, path, error.code ?? error.message);
  }
}

/** Nobody answers at a URL. */
export function unreachable(url: string, method: string, path: string, why: string): EmulatorError {
  const remedy = "start one with `atthene-emulator serve`, or name another URL";
  return new EmulatorError(`No emulator answers at ${url} (${why}); ${remedy}.`, { type: "unreachable", method, path });
}

/** A text in one line of bounded length. */
export function shortened(text: string): string {
  const line = text.split(/\s+/).join(" ").trim();
  return line.length <= SHORT ? line : `${line.slice(0, SHORT - 1)}…`;
}

function placeOf(url: string): URL {
  const place = URL.canParse(url) ? new URL(url) : undefined;
  if (place?.protocol !== "http:" && place?.protocol !== "https:") {
    throw new EmulatorError(`${url} is no URL of an emulator; name one such as http://127.0.0.1:8484.`, { type: "setup" });
  }
  return place;
}

function answered(request: http.ClientRequest, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = () => request.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT_HERE" }));
    request.setTimeout(timeoutMs, late);
    request.on("error", reject);
    request.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
  });
}
