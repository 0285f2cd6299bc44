import type { RunAgentParameters } from "@ag-ui/client";
import { expect, test } from "vitest";
import { AttheneAgent } from "../ag-ui.js";
import "./websocket.js";
import { world } from "./world.js";

function agentOf(sessionId: string, key = world.apiKey): AttheneAgent {
  const url = new URL(world.socketUrl);
  url.searchParams.set("authorization", `Bearer ${key}`);
  return new AttheneAgent({ socketUrl: url.href, sessionId });
}

/** A run of an agent: the types of its events, and its end. */
async function run(agent: AttheneAgent, { content, ...parameters }: RunAgentParameters & { content?: string }) {
  if (content) agent.addMessage({ id: `user-${agent.messages.length}`, role: "user", content });
  const types: string[] = [];
  let end: string | undefined;
  await agent.runAgent(parameters, {
    onEvent({ event }) { types.push(event.type); },
    onRunFinishedEvent({ outcome }) { end = outcome; },
    onRunErrorEvent({ event }) { end = event.message; },
  });
  return { types, end };
}

const TEXT = ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"];
const CALL = ["TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT"];

test("a text is passed", async () => {
  await world.script({ reply: "It rains." });
  const agent = agentOf("session_abc123");
  const { types, end } = await run(agent, { content: "How is the weather?" });
  expect(types).toEqual(["RUN_STARTED", ...TEXT, "RUN_FINISHED"]);
  expect(end).toBe("success");
  expect(agent.messages.map((one) => [one.role, one.content])).toEqual([
    ["user", "How is the weather?"], ["assistant", "It rains."],
  ]);
});

test("an approval is an interrupt, and is resumed with other arguments", async () => {
  await world.scenario("approval");
  const agent = agentOf("session_approval");
  const paused = await run(agent, { content: "Invite Ada" });
  expect(paused).toEqual({ types: ["RUN_STARTED", "RUN_FINISHED"], end: "interrupt" });
  const [interrupt] = agent.pendingInterrupts;
  expect(interrupt).toMatchObject({ reason: "approval", message: "Send this email?" });
  const { tool_name, tool_args } = interrupt?.metadata ?? {};
  expect(tool_name).toBe("mail_send_email");
  expect(tool_args.subject).toBe("Our meeting");

  const payload = { kind: "accept", tool_args: { ...tool_args, subject: "Lunch" } };
  const resumed = await run(agent, { resume: [{ interruptId: interrupt?.id ?? "", status: "resolved", payload }] });
  expect(resumed.types.slice(0, 6)).toEqual(["RUN_STARTED", ...CALL, "TEXT_MESSAGE_START"]);
  expect(resumed.end).toBe("success");
  expect(agent.pendingInterrupts).toEqual([]);
  const calls = agent.messages.flatMap((one) => (one.role === "assistant" ? one.toolCalls ?? [] : []));
  expect(calls.map((one) => one.function.name)).toEqual(["mail_send_email"]);
  expect(JSON.parse(calls[0]?.function.arguments ?? "")).toMatchObject({ subject: "Lunch" });
  expect(agent.messages.find((one) => one.role === "tool")?.content).toBe('{"sent": true}');
  expect(agent.messages.at(-1)?.content).toBe("The e-mail is on its way.");
});

test("an interrupt that is given up is a decline", async () => {
  await world.scenario("approval");
  const agent = agentOf("session_approval");
  await run(agent, { content: "Invite Ada" });
  const resume = agent.pendingInterrupts.map(({ id }) => ({ interruptId: id, status: "cancelled" as const }));
  await run(agent, { resume });
  expect(agent.messages.at(-1)?.content).toBe("All right, I have not sent it.");
});

test("a turn that fails is an error", async () => {
  await world.script({ error: { message: "The model is gone." } });
  const { types, end } = await run(agentOf("session_abc123"), { content: "Hello" });
  expect(types).toEqual(["RUN_STARTED", "RUN_ERROR"]);
  expect(end).toBe("The model is gone.");
});

test("a run that is aborted is cancelled", async () => {
  await world.script({ gate: "thinking", reply: "Done." });
  const agent = agentOf("session_abc123");
  const running = run(agent, { content: "Think" });
  await world.gate("thinking").waitUntilWaiting();
  agent.abortRun();
  expect((await running).end).toBe("cancelled");
});

test("a run that is aborted before its socket is open is cancelled, too", async () => {
  await world.script({ gate: "thinking", reply: "Done." });
  const agent = agentOf("session_abc123");
  agent.subscribe({ onRunStartedEvent: () => agent.abortRun() });
  expect((await run(agent, { content: "Think" })).end).toBe("cancelled");
});

test("a clone answers by itself", async () => {
  await world.script({ reply: "It rains." });
  const agent = agentOf("session_abc123");
  const clone = agent.clone();
  expect((await run(clone, { content: "How is the weather?" })).end).toBe("success");
  expect([agent.messages.length, clone.messages.length]).toEqual([0, 2]);
});

test("a clone of a running agent aborts nothing of it", async () => {
  await world.script({ gate: "thinking", reply: "Done." });
  const agent = agentOf("session_abc123");
  const running = run(agent, { content: "Think" });
  await world.gate("thinking").waitUntilWaiting();
  agent.clone().abortRun();
  await world.gate("thinking").open();
  expect((await running).end).toBe("success");
});

test("a wrong key ends the run", async () => {
  await expect(run(agentOf("session_abc123", "wrong"), { content: "Hello" })).rejects.toThrow(/closed: 4003/);
});
