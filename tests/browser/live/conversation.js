// A session of the Atthene Sessions API over the live socket: it comes back by itself, and no event is lost or doubled.

const AGAIN = 200; // milliseconds until the next try
const FINAL = new Set([1000, 1008, 4000, 4001, 4003]); // closed for a reason that another try would not change

export class Conversation {
  #url;
  #sessionId;
  #told;
  #socket;
  #last = null; // message_id of the last event that was told
  #missing = false; // what was missed is on its way

  /** `told`: called with what happens; it has `opened()`, `closed(code, reason)`, `event(payload)`, `result(frame)`, `error(frame)`. */
  constructor(url, sessionId, told) {
    this.#url = url;
    this.#sessionId = sessionId;
    this.#told = told;
    this.#open();
  }

  say(content) { this.#send("user_message", { content }); }

  accept(toolCallId, args) { this.#answer(toolCallId, { kind: "accept", tool_args: args }); }

  decline(toolCallId, feedback) { this.#answer(toolCallId, { kind: "decline", feedback }); }

  cancel() { this.#send("cancel_execution"); }

  #answer(toolCallId, data) { this.#send("hitl_response", { tool_call_id: toolCallId, data }); }

  #send(type, fields = {}) {
    this.#socket.send(JSON.stringify({ type, client_type: "web_frontend", session_id: this.#sessionId, ...fields }));
  }

  #open() {
    this.#socket = new WebSocket(this.#url);
    this.#socket.onopen = () => {
      if (this.#last === null) this.#send("connect");
      else this.#catchUp();
      this.#told.opened();
    };
    this.#socket.onmessage = ({ data }) => this.#take(data);
    this.#socket.onclose = ({ code, reason }) => {
      this.#missing = false;
      this.#told.closed(code, reason);
      if (!FINAL.has(code)) setTimeout(() => this.#open(), AGAIN);
    };
  }

  #catchUp() {
    if (this.#missing) return;
    this.#missing = true;
    this.#send("reconnect", { last_message_id: this.#last ?? "0-0" });
  }

  #take(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return this.#catchUp();
    }
    if (frame.type === "error") return this.#told.error(frame);
    if (frame.type === "execution_result") return this.#told.result(frame);
    if (frame.type !== "event") return; // of a newer protocol
    const { message_id, prev_message_id, payload } = frame;
    if (this.#last !== null) {
      if (!isAfter(message_id, this.#last)) return; // it was told already
      if (prev_message_id !== null && prev_message_id !== this.#last) return this.#catchUp();
    }
    this.#missing = false;
    this.#last = message_id;
    this.#told.event(payload);
  }
}

/** Whether an event comes later than another; ids are `<milliseconds>-<number>`. */
function isAfter(id, other) {
  const [[ms, n], [otherMs, otherN]] = [id, other].map((one) => one.split("-").map(Number));
  return ms > otherMs || (ms === otherMs && n > otherN);
}
