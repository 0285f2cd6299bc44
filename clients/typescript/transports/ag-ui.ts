// A session as an AG-UI agent over the live socket. A run is a turn, or, after an interrupt, what is left of it.
//
//     const socketUrl = "ws://localhost:8484/ws/amas/?authorization=Bearer%20test-key";
//     const agent = new AttheneAgent({ socketUrl, sessionId });
import { AbstractAgent, EventType, type AGUIEvent, type BaseEvent, type RunAgentInput, type RunFinishedOutcome } from "@ag-ui/client";
import { Observable } from "rxjs";

interface Pause {
  tool_call_id: string;
  kind: string;
  display_text: string;
  tool_name: string;
  tool_args: Record<string, unknown>;
}

/** The events of the socket that AG-UI has, too: with the same names, written otherwise. */
type SocketEvent =
  | { type: "TextMessageStart" | "TextMessageEnd"; messageId: string }
  | { type: "TextMessageContent"; messageId: string; delta: string }
  | { type: "ToolCallStart"; tool_call_id: string; tool_name: string }
  | { type: "ToolCallArgs"; tool_call_id: string; delta: string }
  | { type: "ToolCallEnd"; tool_call_id: string }
  | { type: "ToolCallResult"; tool_call_id: string; content: string }
  | { type: "HitlRequired"; payload: Pause }
  | { type: "ExecutionFinished" | "ExecutionCancelled" }
  | { type: "ExecutionError"; message: string; error_type: string };

type Frame =
  | { type: "event"; payload: SocketEvent }
  | { type: "error"; message: string; error_code: string }
  | { type: "execution_result" };

export class AttheneAgent extends AbstractAgent {
  private readonly socketUrl: string;
  private cancel = () => {}; // the run that there is, once it has begun

  /** `socketUrl`: with its credential. */
  constructor({ socketUrl, sessionId }: { socketUrl: string; sessionId: string }) {
    super({ threadId: sessionId });
    this.socketUrl = socketUrl;
  }

  override clone(): AttheneAgent {
    return Object.assign(super.clone() as AttheneAgent, { socketUrl: this.socketUrl, cancel: () => {} });
  }

  /** Cancel the turn that runs; one whose socket is not open yet, as soon as it is. */
  override abortRun(): void { this.cancel(); }

  run(input: RunAgentInput): Observable<BaseEvent> {
    return new Observable((observer) => {
      const socket = new WebSocket(this.socketUrl);
      const tell = (event: AGUIEvent) => observer.next({ ...event });
      this.cancel = begin(socket, input);
      tell({ type: EventType.RUN_STARTED, threadId: input.threadId, runId: input.runId });
      socket.onmessage = ({ data }: { data: string }) => {
        const event = told(JSON.parse(data) as Frame, input);
        if (event) tell(event);
        if (event?.type === EventType.RUN_FINISHED || event?.type === EventType.RUN_ERROR) observer.complete();
      };
      socket.onclose = ({ code, reason }) => observer.error(new Error(`The socket was closed: ${code} ${reason}`));
      return () => socket.close();
    });
  }
}

/** Begin a turn, or go on with it, when the socket is open; what is returned cancels it. */
function begin(socket: WebSocket, { threadId, messages, resume }: RunAgentInput): () => void {
  const send = (type: string, fields: object = {}) => {
    socket.send(JSON.stringify({ type, client_type: "web_frontend", session_id: threadId, ...fields }));
  };
  socket.onopen = () => {
    send("connect");
    for (const { interruptId, status, payload } of resume ?? []) {
      const data = status === "resolved" ? payload : { kind: "decline" };
      send("hitl_response", { tool_call_id: interruptId, data });
    }
    if (!resume) send("user_message", { content: messages.at(-1)?.content });
  };
  const cancel = () => send("cancel_execution");
  return () => (socket.readyState === WebSocket.CONNECTING ? socket.addEventListener("open", cancel) : cancel());
}

/** What a frame is of a run. */
function told(frame: Frame, { threadId, runId }: RunAgentInput): AGUIEvent | undefined {
  if (frame.type === "error") return { type: EventType.RUN_ERROR, message: frame.message, code: frame.error_code };
  if (frame.type !== "event") return undefined;
  const event = frame.payload;
  if (event.type === "ExecutionError") return { type: EventType.RUN_ERROR, message: event.message, code: event.error_type };
  const outcome = outcomeOf(event);
  return outcome ? { type: EventType.RUN_FINISHED, threadId, runId, outcome } : eventOf(event);
}

/** What an event ends a run with; others leave it running. */
function outcomeOf(event: SocketEvent): RunFinishedOutcome | undefined {
  if (event.type === "ExecutionFinished") return { type: "success" };
  if (event.type === "ExecutionCancelled") return { type: "cancelled" };
  if (event.type !== "HitlRequired") return undefined;
  const { tool_call_id: id, kind: reason, display_text: message, tool_name, tool_args } = event.payload;
  return { type: "interrupt", interrupts: [{ id, reason, message, toolCallId: id, metadata: { tool_name, tool_args } }] };
}

function eventOf(event: SocketEvent): AGUIEvent | undefined {
  switch (event.type) {
    case "TextMessageStart": return { type: EventType.TEXT_MESSAGE_START, messageId: event.messageId, role: "assistant" };
    case "TextMessageContent": return { type: EventType.TEXT_MESSAGE_CONTENT, messageId: event.messageId, delta: event.delta };
    case "TextMessageEnd": return { type: EventType.TEXT_MESSAGE_END, messageId: event.messageId };
    case "ToolCallStart": return { type: EventType.TOOL_CALL_START, toolCallId: event.tool_call_id, toolCallName: event.tool_name };
    case "ToolCallArgs": return { type: EventType.TOOL_CALL_ARGS, toolCallId: event.tool_call_id, delta: event.delta };
    case "ToolCallEnd": return { type: EventType.TOOL_CALL_END, toolCallId: event.tool_call_id };
    case "ToolCallResult": {
      const { tool_call_id: toolCallId, content } = event;
      return { type: EventType.TOOL_CALL_RESULT, messageId: `result-${toolCallId}`, toolCallId, content, role: "tool" };
    }
    default: return undefined;
  }
}
