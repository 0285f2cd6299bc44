// A session as the model and the history of a thread of assistant-ui. Copy it together with `session.ts`.
//
//     const session = new Session({ baseUrl, apiKey, agentKey });
//     const runtime = useLocalRuntime(adapterOf(session), { adapters: { history: historyOf(session) } });
import {
  ExportedMessageRepository, type ChatModelAdapter, type ChatModelRunResult, type ThreadHistoryAdapter, type ThreadMessage,
} from "@assistant-ui/react";
import { contentOf, fileBlock, textOf, type Answer, type Block, type Session, type ToolCall } from "./session.js";

type Part = NonNullable<ChatModelRunResult["content"]>[number];
type Arguments = Extract<Part, { type: "tool-call" }>["args"];

/** The service keeps the conversation: only the last message of the user is sent, to reload an answer once more. */
export function adapterOf(session: Session): ChatModelAdapter {
  return {
    async run({ messages, abortSignal }) {
      const last = messages.findLast((one) => one.role === "user");
      return shown(await session.execute(contentOf(last ? blocksOf(last) : []), abortSignal));
    },
  };
}

/** What was said before the thread was opened; the service has stored what is said from then on. */
export function historyOf(session: Session): ThreadHistoryAdapter {
  return {
    async load() {
      const messages = await session.messages();
      return ExportedMessageRepository.fromArray(
        messages.map(({ id, role, content }) => ({ id, role: role === "user" ? "user" : "assistant", content: textOf(content) })),
      );
    },
    async append() {},
  };
}

function shown({ messages, problem }: Answer): ChatModelRunResult {
  const content = messages.flatMap((one): Part[] => [
    ...(one.tool_calls ?? []).map(called), { type: "text", text: textOf(one.content) },
  ]);
  if (problem === undefined) return { content };
  return { content, status: { type: "incomplete", reason: "error", error: { code: "unknown", message: problem } } };
}

function called({ id, name, arguments: given, result }: ToolCall): Part {
  return { type: "tool-call", toolCallId: id, toolName: name, args: given as Arguments, argsText: JSON.stringify(given), result };
}

function blocksOf({ content, attachments = [] }: ThreadMessage): Block[] {
  return [...content, ...attachments.flatMap((one) => one.content)].flatMap((part): Block[] => {
    switch (part.type) {
      case "text": return [{ type: "text", text: part.text }];
      case "image": return [fileBlock(part.image, "image/*", part.filename)];
      case "file": return [fileBlock(urlOf(part), part.mimeType, part.filename)];
      default: return [];
    }
  });
}

/** A file's `data` is an address, or its bytes in base64. */
function urlOf({ data, mimeType }: { data: string; mimeType: string }): string {
  return /^(https?|data):/.test(data) ? data : `data:${mimeType};base64,${data}`;
}
