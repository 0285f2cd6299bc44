// The live socket of a session: what is said there, and waiting for what comes.
import { Buffer } from "node:buffer";
import { EmulatorError } from "./errors.js";
import { PATIENCE_MS, within } from "./timers.js";
import { shortened, type Transport } from "./transport.js";
import { WebSocket } from "./websocket.js";

/** Something that happened in a session; `payload.type` is such as TextMessageContent. */
export interface SocketEvent {
  type: "event";
  message_id: string;
  prev_message_id: string | null;
  payload: { type: string; [name: string]: any };
}

/** The end of a turn. */
export interface SocketResult {
  type: "execution_result";
  session_id: string;
  status: string;
  messages: Record<string, any>[];
  error: any;
  [name: string]: any;
}

/** What a message may say besides its content. */
export interface MessageParts {
  inputs?: Readonly<Record<string, unknown>>;
  correlation_id?: string;
  artifacts?: readonly string[];
  timezone?: string;
}

/** What a person decides about a call that waits. */
export type Decision =
  | { kind: "accept"; tool_args?: Readonly<Record<string, unknown>>; scope?: "once" | "session" }
  | { kind: "decline"; feedback?: string }
  | { kind: "answer"; text?: string; selected_option?: string };

export interface SocketOptions {
  /** Types of the events that are wanted; all without this. */
  types?: readonly string[] | undefined;
  /** JWT of the end user; it is sent with every message, too. */
  token?: string | undefined;
  /** Real milliseconds that each waiting may take. */
  timeoutMs?: number | undefined;
}

type Frame = SocketEvent | SocketResult | { type: string; [name: string]: any };

const TOLD = 10; // frames that a failure tells of

export class Socket implements AsyncIterable<SocketEvent>, AsyncDisposable {
  readonly #web: WebSocket;
  readonly #token: string | undefined;
  readonly #timeoutMs: number;
  readonly #frames: Frame[] = [];
  #read = 0; // how many of them
  readonly #waiting = new Set<() => void>(); // what looks at the frames again, first come first
  #result: SocketResult | undefined; // of the turn that was read to its end, until somebody asks for it

  private constructor(web: WebSocket, open: Set<Socket>, readonly sessionId: string, { token, timeoutMs = PATIENCE_MS }: SocketOptions) {
    this.#web = web;
    this.#token = token;
    this.#timeoutMs = timeoutMs;
    web.onText = (text) => this.#take(text);
    web.onEnd = () => {
      this.#wake();
      open.delete(this);
    };
    open.add(this);
  }

  /** One that is open, has joined the session, and is among those of `open` until it is closed. */
  static async open(
    transport: Transport, headers: Readonly<Record<string, string>>, sessionId: string, options: SocketOptions, open: Set<Socket>,
  ): Promise<Socket> {
    const { types, token, timeoutMs = PATIENCE_MS } = options;
    const sent = { ...headers, ...(token && { "x-external-user-token": token }) };
    const socket = new Socket(await WebSocket.open(transport, "/ws/amas/", sent, timeoutMs), open, sessionId, options);
    await socket.send({ type: "connect", ...(types && { event_types: types }) });
    if (socket.#web.end) throw socket.#closed();
    return socket;
  }

  /** Send a frame; one that is an object says who we are, and which session is meant. It has come when this is done. */
  async send(frame: Readonly<Record<string, unknown>> | string | Buffer): Promise<void> {
    if (this.#web.end) throw this.#closed();
    const isRaw = typeof frame === "string" || Buffer.isBuffer(frame);
    await this.#web.send(isRaw ? frame : JSON.stringify({ client_type: "api", session_id: this.sessionId, ...frame }));
  }

  /** Send a message, which begins a turn. */
  async say(content: string | readonly Readonly<Record<string, unknown>>[], parts: MessageParts = {}): Promise<void> {
    this.#result = undefined;
    await this.send({ type: "user_message", content, ...(this.#token && { ext_token: this.#token }), ...parts });
  }

  /** Decide about the call that waits, which HitlRequired has named. */
  answer(toolCallId: string, data: Decision): Promise<void> {
    return this.send({ type: "hitl_response", tool_call_id: toolCallId, data });
  }

  /** Stop the turn that runs. */
  cancel(): Promise<void> {
    return this.send({ type: "cancel_execution" });
  }

  /** Every event that has come so far, read or not. */
  get events(): SocketEvent[] {
    return this.#frames.filter(isEvent);
  }

  /** The next event, or the next of a type; what comes before it is passed over. An error frame is thrown. */
  async next(type?: string, { timeoutMs = this.#timeoutMs }: { timeoutMs?: number } = {}): Promise<SocketEvent> {
    const isWanted = (frame: Frame): boolean => isEvent(frame) && (type === undefined || frame.payload.type === type);
    return (await this.#upTo(isWanted, type ?? "An event", timeoutMs)) as SocketEvent;
  }

  /** The end of the turn that was read to its end, once; otherwise that of the next one, whose events are passed over. */
  async untilResult({ timeoutMs = this.#timeoutMs }: { timeoutMs?: number } = {}): Promise<SocketResult> {
    const read = this.#result ?? ((await this.#upTo(isResult, "execution_result", timeoutMs)) as SocketResult);
    this.#result = undefined;
    return read;
  }

  /** The events of a turn as they come, to its end, which `untilResult` has then without waiting. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SocketEvent> {
    for (;;) {
      const frame = await this.#upTo((one) => isEvent(one) || isResult(one), "An event", this.#timeoutMs);
      if (isResult(frame)) return void (this.#result = frame);
      yield frame as SocketEvent;
    }
  }

  /** Close it; closing twice does nothing. */
  async close(): Promise<void> {
    await this.#web.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(text: string): void {
    this.#frames.push(frameOf(text));
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Read up to the frame that is wanted, and with it; an error frame before it is thrown. What fails for time leaves all unread. */
  async #upTo(isWanted: (frame: Frame) => boolean, wanted: string, timeoutMs: number): Promise<Frame> {
    let look = (): void => {};
    const come = new Promise<Frame>((resolve, reject) => {
      look = () => {
        const frame = this.#taken((one) => isWanted(one) || one.type === "error");
        if (frame) resolve(frame);
        else if (this.#web.end) reject(this.#closed(wanted));
        else return;
        this.#waiting.delete(look);
      };
    });
    const late = (): string => {
      const came = this.#frames.slice(this.#read).map(nameOf).slice(-TOLD).join(", ");
      return `${wanted} has not come within ${timeoutMs / 1000} s; ${came ? `this came instead: ${came}` : "nothing came"}.`;
    };
    this.#waiting.add(look);
    look();
    const frame = await within(come, timeoutMs, late).finally(() => this.#waiting.delete(look));
    if (!isWanted(frame)) throw errorOf(frame);
    return frame;
  }

  /** The next frame of this kind, which is read with all before it; undefined if it has not come. */
  #taken(isOne: (frame: Frame) => boolean): Frame | undefined {
    const place = this.#frames.findIndex((frame, index) => index >= this.#read && isOne(frame));
    if (place < 0) return undefined;
    this.#read = place + 1;
    return this.#frames[place];
  }

  #closed(wanted = ""): EmulatorError {
    const { code, reason } = this.#web.end ?? { code: 1000, reason: "" };
    const said = `The socket is closed with ${code}${reason && `: ${reason}`}${wanted && `; ${wanted} was waited for`}`;
    return new EmulatorError(said, { type: "closed", details: { code, reason } });
  }
}

function frameOf(text: string): Frame {
  try {
    return JSON.parse(text) as Frame;
  } catch {
    return { type: "malformed", text };
  }
}

function isEvent(frame: Frame): frame is SocketEvent {
  return frame.type === "event" && typeof (frame as SocketEvent).payload?.type === "string";
}

function isResult(frame: Frame): frame is SocketResult {
  return frame.type === "execution_result";
}

function errorOf(frame: Frame): EmulatorError {
  const { error_code: type, message } = frame as { error_code?: string; message?: string };
  return new EmulatorError(`${type}: ${message}`, { type: type ?? "error", details: { ...frame } });
}

function nameOf(frame: Frame): string {
  if (isEvent(frame)) return frame.payload.type;
  return isResult(frame) ? `execution_result (${frame.status})` : shortened(JSON.stringify(frame));
}
