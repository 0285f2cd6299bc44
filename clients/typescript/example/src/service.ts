// The service by its generated client; what goes wrong is thrown as a `Problem`.
import {
  cancelExecution, createSessionFromAgent, execute, getSessionStatus, listAgents, listMessages, uploadImage, type Agent, type Execute,
  type HistoryMessage, type Message as ExecutedMessage,
} from "./api";
import { createClient } from "./api/client";
import { Problem, refusal, unanswered } from "./problem";
import { apiKey, baseUrl } from "./settings";

export type Content = NonNullable<Execute["content"]>;
export type { Agent };

/** A message as the history or execute has it. */
export type Message = HistoryMessage | ExecutedMessage;

const client = createClient({ baseUrl, headers: { "x-api-key": apiKey } });

async function asked<T>(request: Promise<{ data?: T; error?: unknown; response?: Response }>): Promise<T> {
  const { data, error, response } = await request.catch(() => ({ data: undefined, error: undefined, response: undefined }));
  if (!response) throw unanswered();
  if (!response.ok || data === undefined) throw refusal(response, error);
  return data;
}

export const agents = (): Promise<Agent[]> => asked(listAgents({ client }));

export async function start(agent_id: string): Promise<string> {
  return (await asked(createSessionFromAgent({ client, path: { agent_id } }))).session_id;
}

export async function history(session_id: string): Promise<Message[]> {
  return (await asked(listMessages({ client, path: { session_id }, query: { limit: 100 } }))).messages;
}

export async function isBusy(session_id: string): Promise<boolean> {
  return (await asked(getSessionStatus({ client, path: { session_id } }))).status === "processing";
}

/** What is said to a message; `problem`: why not all of it. */
export async function answers(session_id: string, content: Content): Promise<{ messages: Message[]; problem?: Problem }> {
  const ended = await asked(execute({ client, path: { session_id }, body: { content } }));
  if (!("messages" in ended)) return { messages: [], problem: new Problem("The answer took too long.") };
  if (ended.status === "completed") return { messages: ended.messages };
  return { messages: ended.messages, problem: new Problem(`The assistant could not finish: ${ended.metadata.error?.message ?? ended.status}.`) };
}

export async function cancel(session_id: string): Promise<void> {
  await asked(cancelExecution({ client, path: { session_id } }));
}

/** A message with an image, which is uploaded. */
export async function withImage(text: string, file: File | undefined): Promise<Content> {
  if (!file) return text;
  const { url } = await asked(uploadImage({ client, body: { file } }));
  return [{ type: "text", text }, { type: "image_url", image_url: { url } }];
}
