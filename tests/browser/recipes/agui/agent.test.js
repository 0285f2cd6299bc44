import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import "./websocket.js";
import { AttheneAgent } from "./agent.js";
import { attach } from "atthene-emulator";

const emulator = await attach();
const world = await emulator.newWorld();
beforeEach(() => world.control("POST", "/reset?scope=state,scripts,journal"));
after(async () => {
  await world.close();
  await emulator.close();
});

function agentOf(sessionId, key = world.apiKey) {
  const url = new URL("/ws/amas/", world.baseUrl.replace("http", "ws"));
  url.searchParams.set("authorization", `Bearer ${key}`);
  return new AttheneAgent({ socketUrl: url.href, sessionId });
}

/** A run of an agent: the types of its events, and its end. */
async function run(agent, { content, ...parameters }) {
  if (content) agent.addMessage({ id: `user-${agent.messages.length}`, role: "user", content });
  const types = [];
  let outcome;
  await agent.runAgent(parameters, {
    onEvent({ event }) { types.push(event.type); },
    onRunFinishedEvent(finished) { outcome = finished.outcome; },
    onRunErrorEvent({ event }) { outcome = event; },
  });
  return { types, outcome };
}

const TEXT = ["TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END"];
const CALL = ["TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END", "TOOL_CALL_RESULT"];

test("a text is passed", async () => {
  await world.control("POST", "/scripts", { then: { reply: "It rains." } });
  const agent = agentOf("session_abc123");
  const { types, outcome } = await run(agent, { content: "How is the weather?" });
  assert.deepEqual(types, ["RUN_STARTED", ...TEXT, "RUN_FINISHED"]);
  assert.equal(outcome, "success");
  assert.deepEqual(agent.messages.map((one) => [one.role, one.content]), [
    ["user", "How is the weather?"], ["assistant", "It rains."],
  ]);
});

test("an approval is an interrupt, and is resumed with other arguments", async () => {
  await world.control("POST", "/scenarios/approval");
  const agent = agentOf("session_approval");
  const paused = await run(agent, { content: "Invite Ada" });
  assert.deepEqual([paused.types, paused.outcome], [["RUN_STARTED", "RUN_FINISHED"], "interrupt"]);
  const [interrupt] = agent.pendingInterrupts;
  assert.deepEqual([interrupt.reason, interrupt.message], ["approval", "Send this email?"]);
  const { tool_name, tool_args } = interrupt.metadata;
  assert.deepEqual([tool_name, tool_args.subject], ["mail_send_email", "Our meeting"]);

  const payload = { kind: "accept", tool_args: { ...tool_args, subject: "Lunch" } };
  const resumed = await run(agent, { resume: [{ interruptId: interrupt.id, status: "resolved", payload }] });
  assert.deepEqual(resumed.types.slice(0, 6), ["RUN_STARTED", ...CALL, "TEXT_MESSAGE_START"]);
  assert.equal(resumed.outcome, "success");
  assert.deepEqual(agent.pendingInterrupts, []);
  const [{ function: called }] = agent.messages.find((one) => one.toolCalls).toolCalls;
  assert.deepEqual([called.name, JSON.parse(called.arguments).subject], ["mail_send_email", "Lunch"]);
  assert.equal(agent.messages.find((one) => one.role === "tool").content, '{"sent": true}');
  assert.equal(agent.messages.at(-1).content, "The e-mail is on its way.");
});

test("an interrupt that is given up is a decline", async () => {
  await world.control("POST", "/scenarios/approval");
  const agent = agentOf("session_approval");
  await run(agent, { content: "Invite Ada" });
  const resume = agent.pendingInterrupts.map(({ id }) => ({ interruptId: id, status: "cancelled" }));
  await run(agent, { resume });
  assert.equal(agent.messages.at(-1).content, "All right, I have not sent it.");
});

test("a turn that fails is an error", async () => {
  await world.control("POST", "/scripts", { then: { error: { message: "The model is gone." } } });
  const { types, outcome } = await run(agentOf("session_abc123"), { content: "Hello" });
  assert.deepEqual(types, ["RUN_STARTED", "RUN_ERROR"]);
  assert.equal(outcome.message, "The model is gone.");
});

test("a run that is aborted is cancelled", async () => {
  await world.control("POST", "/scripts", { then: { gate: "thinking", reply: "Done." } });
  const agent = agentOf("session_abc123");
  const running = run(agent, { content: "Think" });
  await world.control("POST", "/journal/wait", { match: { operation: "socket.user_message" } });
  agent.abortRun();
  assert.equal((await running).outcome, "cancelled");
});

test("a wrong key ends the run", async () => {
  await assert.rejects(run(agentOf("session_abc123", "wrong"), { content: "Hello" }), /closed: 4003/);
});
