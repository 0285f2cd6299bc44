import { Chat } from "@ai-sdk/react";
import { expect, test } from "vitest";
import { AttheneTransport } from "../ai-sdk.js";
import type { SessionOptions } from "../session.js";
import { REFUSED, service, world } from "./world.js";

function chatOf(options: Partial<SessionOptions> = {}) {
  const transport = new AttheneTransport({ ...service(), ...options });
  const chat = new Chat({ id: "chat", transport });
  return { chat, session: transport.session("chat"), transport };
}

const texts = ({ messages }: Pick<Chat<never>, "messages"> | { messages: { parts: object[] }[] }) =>
  messages.map((one) => one.parts.flatMap((part: { text?: string }) => part.text ?? []).join(""));

test("a text is passed, and the next message goes to the same session", async () => {
  const { chat, session } = chatOf();
  await world.script({ reply: "You said: {{ user_input }}" });
  await chat.sendMessage({ text: "Hello" });
  await chat.sendMessage({ text: "Again" });
  expect(chat.status).toBe("ready");
  expect(texts(chat)).toEqual(["Hello", "You said: Hello", "Again", "You said: Again"]);
  const stored = await session.messages();
  expect(stored.map((one) => one.content)).toEqual(texts(chat));
  expect(chat.lastMessage?.id).toBe(stored.at(-1)?.id);
});

test("tool calls are parts of the answer", async () => {
  await world.scenario("multi-tool");
  const { chat } = chatOf({ agentKey: "picnic_planner" });
  await chat.sendMessage({ text: "Plan a picnic" });
  expect(chat.lastMessage?.parts).toMatchObject([
    { type: "step-start" },
    { type: "dynamic-tool", toolName: "tavily_search", state: "output-available", output: { answer: expect.any(String) } },
    { type: "dynamic-tool", toolName: "wikipedia_search", state: "output-available", input: { query: "Sanssouci Park" } },
    { type: "dynamic-tool", toolName: "calculator", state: "output-available", output: 38 },
    { type: "text", text: expect.stringContaining("38 euros") },
  ]);
});

test("an answer is regenerated", async () => {
  const { chat } = chatOf();
  await world.script({ then: [{ reply: "First" }, { reply: "Second" }] });
  await chat.sendMessage({ text: "Hello" });
  await chat.regenerate();
  expect(texts(chat)).toEqual(["Hello", "Second"]);
});

test("an image is sent as a block", async () => {
  const { chat, session } = chatOf();
  const url = "data:image/png;base64,iVBORw0KGgo=";
  await chat.sendMessage({ text: "What is this?", files: [{ type: "file", mediaType: "image/png", url }] });
  expect((await session.messages())[0]?.content).toEqual([
    { type: "image_url", image_url: { url } }, { type: "text", text: "What is this?" },
  ]);
});

test.each(REFUSED)("a $status is told", async ({ said, ...fault }) => {
  const { chat } = chatOf();
  await world.fault({ operation: "runtime.execute", ...fault });
  await chat.sendMessage({ text: "Hello" });
  expect([chat.status, chat.error?.message]).toEqual(["error", said]);
});

test("a turn that fails tells why, and what was said until then stays", async () => {
  const { chat } = chatOf();
  await world.script({ reply: "I begin.", error: { message: "The model is gone." } });
  await chat.sendMessage({ text: "Hello" });
  expect([chat.status, chat.error?.message]).toEqual(["error", "The model is gone."]);
});

test("a turn that takes too long is an error", async () => {
  const { chat } = chatOf();
  await world.script({ timeout: true });
  await chat.sendMessage({ text: "Hello" });
  expect([chat.status, chat.error?.message]).toEqual(["error", "Execution timeout (30s)"]);
});

test("stopping cancels the execution, and the session is free at once", async () => {
  const { chat } = chatOf();
  await world.script({ then: [{ gate: "thinking", reply: "Too late" }, { reply: "Here." }] });
  const sent = chat.sendMessage({ text: "Think" });
  await world.gate("thinking").waitUntilWaiting();
  await chat.stop();
  await sent;
  expect([chat.status, chat.error]).toEqual(["ready", undefined]);
  await chat.sendMessage({ text: "And now?" });
  expect(texts(chat)).toEqual(["Think", "And now?", "Here."]);
});

test("a wrong key is told, and no session is remembered", async () => {
  const { chat, session } = chatOf({ apiKey: "wrong" });
  await chat.sendMessage({ text: "Hello" });
  expect(chat.error?.message).toBe("Invalid or missing authentication credentials");
  await expect(session.id()).rejects.toMatchObject({ status: 401 });
});

test("a chat goes on with a session that is there already", async () => {
  const { transport } = chatOf();
  const messages = await transport.history("kept", "session_abc123");
  const chat = new Chat({ id: "kept", messages, transport });
  await chat.sendMessage({ text: "Thanks" });
  expect(texts(chat).slice(0, 3)).toEqual([
    "Hello, I need help with my account.", "Of course! What seems to be the trouble?", "Thanks",
  ]);
  await chat.resumeStream();
  expect(chat.status).toBe("ready");
});
