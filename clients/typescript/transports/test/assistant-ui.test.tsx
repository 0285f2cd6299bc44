// @vitest-environment happy-dom
import { AssistantRuntimeProvider, useLocalRuntime, type AssistantRuntime } from "@assistant-ui/react";
import { cleanup, render, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { adapterOf, historyOf } from "../assistant-ui.js";
import { Session, type SessionOptions } from "../session.js";
import { REFUSED, service, world } from "./world.js";

afterEach(cleanup);

/** A thread of a session in a page. */
function threadOf(options: Partial<SessionOptions> = {}) {
  const session = new Session({ ...service(), ...options });
  let runtime: AssistantRuntime | undefined;
  function App() {
    runtime = useLocalRuntime(adapterOf(session), options.sessionId ? { adapters: { history: historyOf(session) } } : {});
    return <AssistantRuntimeProvider runtime={runtime}>{null}</AssistantRuntimeProvider>;
  }
  render(<App />);
  if (!runtime) throw new Error("Nothing was rendered.");
  return { session, thread: runtime.thread };
}

type Thread = ReturnType<typeof threadOf>["thread"];

const texts = (thread: Thread) =>
  thread.getState().messages.map((one) => one.content.map((part) => (part.type === "text" ? part.text : "")).join(""));

/** Say something: the answer, when the turn has ended. */
async function answered(thread: Thread, text = "Hello") {
  const before = thread.getState().messages.length;
  thread.append(text);
  return waitFor(() => {
    const { messages, isRunning } = thread.getState();
    expect([messages.length, isRunning]).toEqual([before + 2, false]);
    return messages.at(-1);
  }, { timeout: 5000 });
}

test("a text is passed, and the next message goes to the same session", async () => {
  const { session, thread } = threadOf();
  await world.script({ reply: "You said: {{ user_input }}" });
  await answered(thread, "Hello");
  const last = await answered(thread, "Again");
  expect(last?.status).toEqual({ type: "complete", reason: "unknown" });
  expect(texts(thread)).toEqual(["Hello", "You said: Hello", "Again", "You said: Again"]);
  expect((await session.messages()).map((one) => one.content)).toEqual(texts(thread));
});

test("tool calls are parts of the answer", async () => {
  await world.scenario("multi-tool");
  const { thread } = threadOf({ agentKey: "picnic_planner" });
  expect((await answered(thread))?.content).toMatchObject([
    { type: "tool-call", toolName: "tavily_search", result: { answer: expect.any(String) } },
    { type: "tool-call", toolName: "wikipedia_search", args: { query: "Sanssouci Park" } },
    { type: "tool-call", toolName: "calculator", argsText: '{"expression":"4 * 6.50 + 12"}', result: 38 },
    { type: "text", text: expect.stringContaining("38 euros") },
  ]);
});

test("an image is sent as a block", async () => {
  const { session, thread } = threadOf();
  const image = "data:image/png;base64,iVBORw0KGgo=";
  thread.append({ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image", image }] });
  await waitFor(() => expect(texts(thread)).toHaveLength(2));
  await waitFor(async () => expect((await session.messages())[0]?.content).toEqual([
    { type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: image } },
  ]));
});

test.each(REFUSED)("a $status is told", async ({ said, ...fault }) => {
  const { thread } = threadOf();
  await world.fault({ operation: "runtime.execute", ...fault });
  expect((await answered(thread))?.status).toMatchObject({ type: "incomplete", reason: "error", error: { message: said } });
});

test.each([
  [{ error: { message: "The model is gone." } }, "The model is gone."],
  [{ timeout: true }, "Execution timeout (30s)"],
])("a turn that ends with %j tells why", async (step, message) => {
  const { thread } = threadOf();
  await world.script(step);
  expect((await answered(thread))?.status).toMatchObject({ type: "incomplete", reason: "error", error: { message } });
});

test("cancelling cancels the execution, and the session is free at once", async () => {
  const { thread } = threadOf();
  await world.script({ then: [{ gate: "thinking", reply: "Too late" }, { reply: "Here." }] });
  const answer = answered(thread, "Think");
  await world.gate("thinking").waitUntilWaiting();
  thread.cancelRun();
  expect((await answer)?.status).toEqual({ type: "incomplete", reason: "cancelled" });
  await world.waitFor({ operation: "runtime.cancel", status: 200 });
  await answered(thread, "And now?");
  expect(texts(thread)).toEqual(["Think", "", "And now?", "Here."]);
});

test("a wrong key is told", async () => {
  const { thread } = threadOf({ apiKey: "wrong" });
  expect((await answered(thread))?.status).toMatchObject({
    reason: "error", error: { message: "Invalid or missing authentication credentials" },
  });
});

test("a thread begins with what was said in its session", async () => {
  const { thread } = threadOf({ sessionId: "session_abc123" });
  await waitFor(() => expect(texts(thread)).toEqual([
    "Hello, I need help with my account.", "Of course! What seems to be the trouble?",
  ]));
  await answered(thread, "Thanks");
});
