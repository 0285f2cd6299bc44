// Sessions as a `ChatTransport` of the AI SDK: `useChat({ transport: new AttheneTransport({ baseUrl, apiKey, agentKey }) })`.
// Copy it together with `session.ts`.
import type { ChatTransport, UIMessage, UIMessageChunk } from "ai";
import { contentOf, fileBlock, Session, textOf, type Answer, type Block, type SessionOptions } from "./session.js";

type Sent = Parameters<ChatTransport<UIMessage>["sendMessages"]>[0];

export class AttheneTransport implements ChatTransport<UIMessage> {
  readonly #sessions = new Map<string, Session>();

  constructor(private readonly options: Omit<SessionOptions, "sessionId">) {}

  /** The session of a chat; `sessionId` makes it one that is there already. */
  session(chatId: string, sessionId?: string): Session {
    let found = this.#sessions.get(chatId);
    if (!found || sessionId) this.#sessions.set(chatId, (found = new Session({ ...this.options, sessionId })));
    return found;
  }

  /** What was said in a session, for the `messages` of a chat that goes on with it. */
  async history(chatId: string, sessionId: string): Promise<UIMessage[]> {
    const messages = await this.session(chatId, sessionId).messages();
    return messages.map(({ id, role, content }) => ({
      id, role: role === "user" ? "user" : "assistant", parts: [{ type: "text", text: textOf(content) }],
    }));
  }

  /** The service keeps the conversation: only the last message of the user is sent, to regenerate an answer once more. */
  async sendMessages({ chatId, messages, abortSignal }: Sent): Promise<ReadableStream<UIMessageChunk>> {
    const last = messages.findLast((one) => one.role === "user");
    const answer = await this.session(chatId).execute(contentOf(blocksOf(last?.parts ?? [])), abortSignal);
    return new ReadableStream({
      start(stream) {
        for (const chunk of chunks(answer)) stream.enqueue(chunk);
        stream.close();
      },
    });
  }

  /** Plain requests leave nothing to come back to; `history` has what was said meanwhile. */
  async reconnectToStream(): Promise<null> {
    return null;
  }
}

function* chunks({ messages, problem }: Answer): Generator<UIMessageChunk> {
  yield { type: "start", ...(messages[0] && { messageId: messages[0].id }) };
  for (const { id, content, tool_calls = [] } of messages) {
    yield { type: "start-step" };
    for (const { id: toolCallId, name: toolName, arguments: input, result: output } of tool_calls) {
      yield { type: "tool-input-available", toolCallId, toolName, input, dynamic: true, providerExecuted: true };
      yield { type: "tool-output-available", toolCallId, output, dynamic: true, providerExecuted: true };
    }
    yield { type: "text-start", id };
    yield { type: "text-delta", id, delta: textOf(content) };
    yield { type: "text-end", id };
    yield { type: "finish-step" };
  }
  if (problem === undefined) yield { type: "finish" };
  else yield { type: "error", errorText: problem };
}

function blocksOf(parts: UIMessage["parts"]): Block[] {
  return parts.flatMap((part): Block[] => {
    if (part.type === "text") return [{ type: "text", text: part.text }];
    return part.type === "file" ? [fileBlock(part.url, part.mediaType, part.filename)] : [];
  });
}
