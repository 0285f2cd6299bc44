// A session over the live socket: it comes back by itself, and no event is lost or doubled.
import { socketUrl } from "./settings";
import type { Content } from "./service";

/** What a person is asked before a tool is called. */
export interface Pause {
  tool_call_id: string;
  display_name: string;
  display_text: string;
  tool_args: object;
}

/** The events that this app shows; the service sends others, and new ones without notice. */
export type SocketEvent =
  | { type: "ExecutionStarted" | "ExecutionFinished" | "ExecutionCancelled" }
  | { type: "ExecutionError"; message: string }
  | { type: "TextMessageStart" | "TextMessageEnd"; messageId: string }
  | { type: "TextMessageContent"; messageId: string; delta: string }
  | { type: "ToolCallStart"; tool_call_id: string; tool_name: string }
  | { type: "ToolCallArgs"; tool_call_id: string; delta: string }
  | { type: "ToolCallResult"; tool_call_id: string; content: string }
  | { type: "HitlRequired"; payload: Pause }
  | { type: "HitlResolved"; outcome: string };

type Frame =
  | { type: "event"; message_id: string; prev_message_id: string | null; payload: SocketEvent }
  | { type: "execution_result"; status: string; error: string | null }
  | { type: "error"; error_code: string; message: string };

export type Answer = { kind: "accept"; tool_args: object } | { kind: "decline"; feedback: string };

/** Who is told what happens. */
export interface Listener {
  connection(is: "live" | "lost" | "plain"): void; // plain: the socket is given up
  event(event: SocketEvent): void;
  ended(error: string | null): void;
  refused(message: string): void;
}

const BEGINNING = "0-0"; // before every event
const AGAIN_MS = 200; // until the next try
const TRIES = 3; // without any frame in between, until the socket is given up

export class LiveSession {
  #socket!: WebSocket;
  #last: string | null; // message_id of the last event that was told
  #isCatchingUp = false;
  #failures = 0;
  #isClosed = false;

  /** `isRunning`: a turn is on its way, of which what happened so far is told, too. */
  constructor(private readonly sessionId: string, private readonly listener: Listener, isRunning: boolean) {
    this.#last = isRunning ? BEGINNING : null;
    this.#open();
  }

  say(content: Content) {
    this.#last ??= BEGINNING; // so that what is missed from here on is asked for
    this.#send("user_message", { content });
  }

  answer(tool_call_id: string, data: Answer) { this.#send("hitl_response", { tool_call_id, data }); }

  cancel() { this.#send("cancel_execution"); }

  close() {
    this.#isClosed = true;
    this.#socket.close();
  }

  #send(type: string, fields: object = {}) {
    this.#socket.send(JSON.stringify({ type, client_type: "web_frontend", session_id: this.sessionId, ...fields }));
  }

  #open() {
    this.#socket = new WebSocket(socketUrl());
    this.#socket.onopen = () => {
      if (this.#last === null) this.#send("connect");
      else this.#catchUp();
      this.listener.connection("live");
    };
    this.#socket.onmessage = ({ data }: MessageEvent<string>) => this.#take(data);
    this.#socket.onclose = () => {
      this.#isCatchingUp = false;
      if (this.#isClosed) return;
      if (++this.#failures === TRIES) return this.listener.connection("plain");
      this.listener.connection("lost");
      setTimeout(() => this.#isClosed || this.#open(), AGAIN_MS);
    };
  }

  #catchUp() {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    this.#send("reconnect", { last_message_id: this.#last });
  }

  #take(text: string) {
    const frame = JSON.parse(text) as Frame;
    this.#failures = 0;
    if (frame.type === "error") return this.listener.refused(frame.message);
    if (frame.type === "execution_result") return this.listener.ended(frame.error);
    if (frame.type !== "event") return;
    const { message_id, prev_message_id, payload } = frame;
    if (this.#last !== null) {
      if (!isAfter(message_id, this.#last)) return; // it was told already
      const follows = prev_message_id === null || prev_message_id === this.#last || this.#last === BEGINNING;
      if (!follows) return this.#catchUp();
    }
    this.#isCatchingUp = false;
    this.#last = message_id;
    this.listener.event(payload);
  }
}

/** Whether an event comes later than another; ids are `<milliseconds>-<number>`. */
function isAfter(id: string, other: string): boolean {
  const [ms = 0, n = 0] = id.split("-").map(Number);
  const [otherMs = 0, otherN = 0] = other.split("-").map(Number);
  return ms > otherMs || (ms === otherMs && n > otherN);
}
