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
}

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  text: string;
}

const LATE = "LATE"; // code of what we gave up
const SHORT = 240; // characters of an answer in a message

/** Connections to one emulator, kept for other requests. */
export class Transport {
  readonly #agent: http.Agent;
  readonly #place: URL;
  readonly #sockets = new Set<Duplex>(); // that are open, but for those of the agent
  #isClosed = false;

  /** `url`: `http://host:port`, or https; `fate`: how the emulator has ended, if it is known to have. */
  constructor(readonly url: string, readonly fate: () => Promise<string | undefined> = async () => undefined) {
    this.#place = placeOf(url);
    this.#agent = this.#isEncrypted ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  }

  get #isEncrypted(): boolean {
    return this.#place.protocol === "https:";
  }

  /**
   * The answer, whatever its status. What only reads is sent on a kept connection, and again if that was closed meanwhile; what
   * acts has a connection of its own, and is sent once.
   */
  async send(request: Request, timeoutMs: number): Promise<Answer> {
    for (;;) {
      const sent = this.begin(request, request.method === "GET" ? this.#agent : false);
      try {
        return await answered(sent, timeoutMs);
      } catch (error) {
        const { code = (error as Error).message } = error as NodeJS.ErrnoException;
        if (sent.reusedSocket && code === "ECONNRESET" && !this.#isClosed) continue;
        if (code === LATE) throw this.#late(request, timeoutMs);
        throw await this.lost(request, code);
      }
    }
  }

  /** A request that is being sent; without an agent it has a connection of its own. Throws an EmulatorError when all is closed. */
  begin({ method, path, headers = {}, body }: Request, agent: http.Agent | false = false): http.ClientRequest {
    if (this.#isClosed) throw this.#closed({ method, path });
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const about = sent && { "content-type": "application/json", "content-length": String(sent.length) };
    const ask = this.#isEncrypted ? https.request : http.request;
    const request = ask(new URL(this.#place.pathname.replace(/\/$/, "") + path, this.#place), {
      method,
      agent,
      headers: { ...headers, ...about },
    });
    if (!agent) {
      request.once("socket", (socket) => {
        this.#sockets.add(socket);
        socket.once("close", () => this.#sockets.delete(socket));
      });
    }
    return request.end(sent);
  }

  /** Close everything that is open; what is asked then, or was not answered yet, fails. */
  close(): void {
    this.#isClosed = true;
    this.#agent.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Why a request was not answered, when its connection was lost. */
  async lost({ method, path }: Request, why: string): Promise<EmulatorError> {
    if (this.#isClosed) return this.#closed({ method, path });
    const ended = await this.fate();
    if (ended === undefined) return unreachable(this.url, method, path, why);
    return new EmulatorError(`The emulator at ${this.url} is no more: ${ended}`, { type: "unreachable", method, path });
  }

  #late({ method, path }: Request, timeoutMs: number): EmulatorError {
    const said = `The emulator at ${this.url} did not answer ${method} ${path} within ${timeoutMs / 1000} s.`;
    return new EmulatorError(said, { type: "timeout", method, path });
  }

  #closed({ method, path }: Request): EmulatorError {
    return new EmulatorError(`The emulator at ${this.url} is closed; attach() or start() again.`, { type: "closed", method, path });
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
    const late = () => request.destroy(Object.assign(new Error("late"), { code: LATE }));
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
