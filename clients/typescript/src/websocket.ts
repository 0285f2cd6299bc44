// A WebSocket by node:http itself: Node.js 20 has none, and that of a test's environment is a page's, or somebody's mock.
import { Buffer, isUtf8 } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { EmulatorError } from "./errors.js";
import { BINARY, CLOSE, FrameError, PING, PONG, Reader, TEXT, frameOf, type Message } from "./frames.js";
import { atMost, within } from "./timers.js";
import { shortened, unreachable, type Transport } from "./transport.js";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TAKEN_MS = 1000; // for the server to say that it has a frame
const FAREWELL_MS = 1000; // for it to say that it is closed, too

/** How a WebSocket was closed; `code` is 1006 where nobody said it. */
export interface End {
  code: number;
  reason: string;
}

export class WebSocket {
  /** How it was closed; undefined as long as it is open. */
  end: End | undefined;
  /** Is called with each text that comes. */
  onText: (text: string) => void = () => {};
  /** Is called once, when it is closed. */
  onEnd: () => void = () => {};
  readonly #reader = new Reader();
  readonly #pongs = new Map<string, () => void>();
  #pings = 0;

  private constructor(readonly connection: Duplex) {
    connection.on("data", (part: Buffer) => this.#take(part));
    connection.on("error", () => this.#finish({ code: 1006, reason: "" }));
    connection.on("close", () => this.#finish({ code: 1006, reason: "" }));
  }

  /** An open one at a path; an EmulatorError says why there is none. */
  static async open(transport: Transport, path: string, headers: Readonly<Record<string, string>>, timeoutMs: number): Promise<WebSocket> {
    const key = randomBytes(16).toString("base64");
    const asked = {
      ...{ connection: "Upgrade", upgrade: "websocket" },
      ...{ "sec-websocket-version": "13", "sec-websocket-key": key },
    };
    const request = transport.begin({ method: "GET", path, headers: { ...headers, ...asked } });
    const opened = new Promise<WebSocket>((resolve, reject) => {
      request.on("upgrade", (response, connection, first) => {
        const accepted = createHash("sha1").update(key + GUID).digest("base64");
        if (response.headers["sec-websocket-accept"] !== accepted) {
          connection.destroy();
          return reject(unreachable(transport.url, "GET", path, "it speaks no WebSocket"));
        }
        const made = new WebSocket(connection);
        resolve(made);
        if (first.length) setImmediate(() => made.#take(first));
      });
      request.on("response", (response) => {
        response.setEncoding("utf8");
        let text = "";
        response.on("data", (part: string) => (text += part));
        response.on("end", () => reject(refusal(path, response.statusCode ?? 0, text)));
      });
      request.on("error", (error: NodeJS.ErrnoException) => {
        void transport.lost({ method: "GET", path }, error.code ?? error.message).then(reject);
      });
    });
    return within(opened, timeoutMs, () => `The socket at ${transport.url} did not open within ${timeoutMs / 1000} s.`).catch((error) => {
      request.destroy();
      throw error;
    });
  }

  /**
   * Send a message; nothing is sent when it is closed. It has come to the server when this is done, unless the server takes
   * more than a second to say so, as one that is made to hang does.
   */
  async send(data: string | Buffer): Promise<void> {
    if (this.end) return;
    const ping = String(++this.#pings);
    const taken = new Promise<void>((resolve) => this.#pongs.set(ping, resolve));
    const isText = typeof data === "string";
    this.connection.write(Buffer.concat([frameOf(isText ? TEXT : BINARY, Buffer.from(data)), frameOf(PING, Buffer.from(ping))]));
    await atMost(TAKEN_MS, taken);
    this.#pongs.delete(ping);
  }

  /** Close it, and wait until the server has, too. */
  async close(): Promise<void> {
    if (this.end) return;
    const closed = new Promise<void>((resolve) => this.connection.once("close", resolve));
    this.#say(1000, "");
    await atMost(FAREWELL_MS, closed);
    this.connection.destroy();
  }

  #take(part: Buffer): void {
    try {
      for (const message of this.#reader.read(part)) this.#handle(message);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      if (this.end) return;
      this.#say(error.code, error.message);
      this.#finish({ code: error.code, reason: error.message });
    }
  }

  #handle({ opcode, data }: Message): void {
    if (this.end) return;
    if (opcode === TEXT) this.onText(textOf(data));
    else if (opcode === PING) this.connection.write(frameOf(PONG, data));
    else if (opcode === PONG) this.#pongs.get(data.toString())?.();
    else if (opcode === CLOSE) {
      this.connection.end(frameOf(CLOSE, data.subarray(0, 2)));
      const code = data.length >= 2 ? data.readUInt16BE(0) : 1005;
      this.#finish({ code, reason: data.subarray(2).toString() });
    }
  }

  #say(code: number, reason: string): void {
    const data = Buffer.alloc(2);
    data.writeUInt16BE(code);
    this.connection.write(frameOf(CLOSE, Buffer.concat([data, Buffer.from(reason)])));
  }

  #finish(end: End): void {
    if (this.end) return;
    this.end = end;
    for (const resolve of this.#pongs.values()) resolve();
    if (end.code !== 1006 && !this.connection.writableEnded) this.connection.end();
    this.onEnd();
  }
}

function textOf(data: Buffer): string {
  if (!isUtf8(data)) throw new FrameError(1007, "a text is no UTF-8");
  return data.toString();
}

function refusal(path: string, status: number, text: string): EmulatorError {
  return new EmulatorError(`No socket was opened: the answer was ${status} ${shortened(text)}`, { status, type: "refused", method: "GET", path });
}
