// The live socket of a session, in the emulator that the environment names.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { attach } from "atthene-emulator";

let emulator, world;
before(async () => { emulator = await attach(); });
after(() => emulator.close());
beforeEach(async () => { world = await emulator.newWorld(); });
afterEach(() => world.close());

test("a turn is read event by event, to its end", async () => {
  await world.script("It rains.");
  const socket = await world.socket("session_abc123");
  await socket.say("How is the weather?", { correlation_id: "corr_1" });
  const pieces = [];
  for await (const { payload } of socket) if (payload.type === "TextMessageContent") pieces.push(payload.delta);
  assert.deepEqual(pieces, ["It", " rains."]);
  const result = await socket.untilResult();
  assert.deepEqual([result.status, result.messages[0].content], ["completed", "It rains."]);
  assert.equal(socket.events.at(-1).payload.type, "ExecutionFinished");
});

test("a call is approved with other arguments", async () => {
  await world.scenario("approval");
  const socket = await world.socket("session_approval");
  await socket.say("Invite Ada");
  const { payload } = await socket.next("HitlRequired");
  await socket.answer(payload.payload.tool_call_id, { kind: "accept" });
  assert.equal((await socket.untilResult()).messages.at(-1).content, "The e-mail is on its way.");
});

test("a turn is cancelled", async () => {
  await world.script("Done.", { gate: "door" });
  const socket = await world.socket("session_abc123");
  await socket.say("Think");
  await world.gate("door").waitUntilWaiting();
  await socket.cancel();
  await socket.next("ExecutionCancelled");
});

test("only the types that are wanted come", async () => {
  const socket = await world.socket("session_abc123", { types: ["ExecutionFinished"] });
  await socket.say("Hello");
  await socket.untilResult();
  assert.deepEqual(socket.events.map((one) => one.payload.type), ["ExecutionFinished"]);
});

test("long texts go either way", async () => {
  const [asked, told] = ["ä".repeat(70_000), "ö".repeat(200_000)];
  await world.script(told, { content: asked });
  const socket = await world.socket("session_abc123");
  await socket.say(asked);
  assert.equal((await socket.untilResult()).messages[0].content, told);
});

test("an error frame is thrown, and the socket lives on", async () => {
  const socket = await world.socket("session_abc123");
  await socket.send({ type: "nonsense" });
  await assert.rejects(socket.next(), { type: "unknown_message_type", message: /There is no frame 'nonsense'/ });
  await socket.send("no JSON");
  await assert.rejects(socket.next(), { type: "invalid_message_format" });
  await socket.say("Hello");
  assert.equal((await socket.untilResult()).status, "completed");
});

test("what has not come is named, with what came instead, and nothing is lost", async () => {
  const socket = await world.socket("session_abc123");
  await socket.say("Hello");
  await world.waitFor({ operation: "socket.execution_result" });
  await assert.rejects(socket.next("HitlRequired", { timeoutMs: 20 }), {
    type: "timeout",
    message: /^HitlRequired has not come within 0\.02 s; this came instead: .*ExecutionFinished, execution_result \(completed\)\.$/,
  });
  assert.equal((await socket.next("ExecutionStarted")).payload.type, "ExecutionStarted");
});

test("two that wait get an event each", async () => {
  const socket = await world.socket("session_abc123");
  const both = Promise.all([socket.next(), socket.next()]);
  await socket.say("Hello");
  const [first, second] = await both;
  assert.notEqual(first.payload.type, second.payload.type);
  await socket.untilResult();
});

test("who has given up takes nothing from others", async () => {
  const socket = await world.socket("session_abc123");
  await assert.rejects(socket.next(undefined, { timeoutMs: 1 }), { type: "timeout" });
  await socket.say("Hello");
  assert.equal((await socket.next()).payload.type, "ExecutionStarted");
});

test("a socket that is lost says what was waited for", async () => {
  await world.fault({ operation: "socket.user_message", kind: "drop" });
  const socket = await world.socket("session_abc123");
  await socket.say("Hello");
  await assert.rejects(socket.next("ExecutionFinished"), { type: "closed", message: "The socket is closed with 1006; ExecutionFinished was waited for" });
  await assert.rejects(socket.say("Hello"), { message: "The socket is closed with 1006" });
  await socket.close();
});

test("a socket is closed with its world", async () => {
  const socket = await world.socket("session_abc123");
  await world.close();
  await assert.rejects(socket.next(), { type: "closed" });
});
