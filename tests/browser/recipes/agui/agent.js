// A session as an AG-UI agent. A run is a turn, or, after an interrupt, what is left of it.
import { AbstractAgent } from "@ag-ui/client";
import { Observable } from "rxjs";

// The events have the same names there, written otherwise, and so have their fields.
const FIELDS = {
  TextMessageStart: (event) => ({ messageId: event.messageId, role: "assistant" }),
  TextMessageContent: (event) => ({ messageId: event.messageId, delta: event.delta }),
  TextMessageEnd: (event) => ({ messageId: event.messageId }),
  ToolCallStart: (event) => ({ toolCallId: event.tool_call_id, toolCallName: event.tool_name }),
  ToolCallArgs: (event) => ({ toolCallId: event.tool_call_id, delta: event.delta }),
  ToolCallEnd: (event) => ({ toolCallId: event.tool_call_id }),
  ToolCallResult: (event) => ({
    messageId: `result-${event.tool_call_id}`, toolCallId: event.tool_call_id, content: event.content, role: "tool",
  }),
};
const OUTCOMES = {
  ExecutionFinished: () => ({ type: "success" }),
  ExecutionCancelled: () => ({ type: "cancelled" }),
  HitlRequired: ({ payload: { tool_call_id, kind, display_text, tool_name, tool_args } }) => ({
    type: "interrupt",
    interrupts: [
      { id: tool_call_id, reason: kind, message: display_text, toolCallId: tool_call_id, metadata: { tool_name, tool_args } },
    ],
  }),
};
const written = (type) => type.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();

export class AttheneAgent extends AbstractAgent {
  /** `socketUrl`: with its credential, ws://localhost:8484/ws/amas/?authorization=Bearer%20test-key */
  constructor({ socketUrl, sessionId }) {
    super({ threadId: sessionId });
    this.socketUrl = socketUrl;
  }

  run({ threadId, runId, messages, resume }) {
    return new Observable((observer) => {
      const socket = new WebSocket(this.socketUrl);
      const send = (type, fields) => {
        socket.send(JSON.stringify({ type, client_type: "web_frontend", session_id: threadId, ...fields }));
      };
      const end = (event) => { observer.next(event); observer.complete(); };
      const fail = ({ message, error_type, error_code }) => end({ type: "RUN_ERROR", message, code: error_type ?? error_code });
      observer.next({ type: "RUN_STARTED", threadId, runId });
      socket.onopen = () => {
        this.abortRun = () => send("cancel_execution");
        send("connect");
        for (const { interruptId, status, payload } of resume ?? []) {
          const data = status === "resolved" ? payload : { kind: "decline" };
          send("hitl_response", { tool_call_id: interruptId, data });
        }
        if (!resume) send("user_message", { content: messages.at(-1).content });
      };
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data), event = frame.payload;
        if (frame.type === "error") return fail(frame);
        if (frame.type !== "event") return;
        if (event.type === "ExecutionError") return fail(event);
        if (OUTCOMES[event.type]) return end({ type: "RUN_FINISHED", threadId, runId, outcome: OUTCOMES[event.type](event) });
        if (FIELDS[event.type]) observer.next({ type: written(event.type), ...FIELDS[event.type](event) });
      };
      socket.onclose = ({ code, reason }) => observer.error(new Error(`The socket was closed: ${code} ${reason}`));
      return () => socket.close();
    });
  }
}
