// What a world does, in the emulator that the environment names.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { attach } from "atthene-emulator";
import { conversation } from "../dist/conversation.js";
import { Gate } from "../dist/gate.js";

let emulator, world;
before(async () => { emulator = await attach(); });
after(() => emulator.close());
beforeEach(async () => { world = await emulator.newWorld(); });
afterEach(() => world.close());

async function ask(content, { baseUrl, headers } = world) {
  const answer = await fetch(`${baseUrl}/runtime/session_abc123/execute/`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
  return { code: answer.status, ...(await answer.json()) };
}

const reply = async (content) => (await ask(content)).messages?.map((one) => one.content).join("\n");

test("a script answers what it is for", async () => {
  const name = await world.script("It rains.", { content: { contains: "weather" } });
  assert.equal(await reply("How is the weather?"), "It rains.");
  assert.equal(await reply("Hello"), "Hello! How can I help you today?");
  const [first] = await world.scripts();
  assert.deepEqual([first.name, first.from, first.hits], [name, "added", 1]);
});

test("a script is written in short or as in a seed file", async () => {
  assert.equal(await world.script({ name: "whole", when: { content: "a" }, then: { reply: "A" } }), "whole");
  assert.equal(await world.script(["B1", { reply: "B2" }], { content: "b", name: "several" }), "several");
  await world.script({ reply: "C", thinking: "…" }, { content: "c", times: 1 });
  await world.script(undefined, { content: "d", error: { type: "x", message: "No." } });
  assert.deepEqual(await Promise.all(["a", "c"].map(reply)), ["A", "C"]);
  assert.deepEqual([await reply("b"), await reply("b"), (await ask("d")).status], ["B1", "B2", "error"]);
  await assert.rejects(world.script({ then: { reply: "x" } }, { content: "x" }), /given a whole script; write content into it/);
});

test("a script that was added is removed", async () => {
  const name = await world.script("It rains.");
  await world.removeScript(name);
  assert.equal(await reply("Hello"), "Hello! How can I help you today?");
});

test("a fault strikes as often as it should", async () => {
  const { id } = await world.fault({ operation: "runtime.execute", status: 503, times: 1 });
  assert.deepEqual([(await ask("Hello")).code, (await ask("Hello")).code], [503, 200]);
  const [fault] = await world.faults();
  assert.deepEqual([fault.id, fault.fired], [id, 1]);
  await world.removeFault(id);
  assert.deepEqual(await world.faults(), []);
});

test("a scenario is switched to, and left by a reset", async () => {
  assert.equal((await world.scenario("approval")).active, true);
  assert.ok((await world.sessions()).some((one) => one.session_id === "session_approval"));
  await world.reset();
  assert.ok(!(await world.scenarios()).some((one) => one.active));
});

test("an execution waits at a gate until it is opened", async () => {
  await world.script("Done.", { gate: "door" });
  const door = world.gate("door");
  const answer = reply("Think");
  await door.waitUntilWaiting();
  assert.equal(await door.waiting(), 1);
  await door.open();
  assert.equal(await answer, "Done.");
  await door.close();
});

test("who waits at a gate is answered by hand", async () => {
  await world.script("Done.", { gate: "door" });
  const answer = reply("Think");
  await world.gate("door").waitUntilWaiting();
  await world.gate("door").answer("By hand.");
  assert.equal(await answer, "By hand.");
});

test("the clock stops, and goes forward by seconds or a duration", async () => {
  const { now } = await world.clock.freeze("2025-01-15T10:30:00Z");
  assert.equal(now, "2025-01-15T10:30:00Z");
  assert.equal((await world.clock.advance(1)).now, "2025-01-15T10:30:01Z");
  assert.equal((await world.clock.advance("1h1m")).now, "2025-01-15T11:31:01Z");
  assert.equal(await world.clock.now(), "2025-01-15T11:31:01Z");
  assert.equal((await world.clock.run(new Date(0))).mode, "running");
  assert.throws(() => world.clock.advance("soon"), /"soon" is no duration; write seconds as a number, or such as "90s"/);
});

test("the journal has what came, and is waited for", async () => {
  const come = world.waitFor({ operation: "runtime.execute" });
  await ask("Hello");
  const entry = await come;
  assert.deepEqual([entry.status, entry.body.content, entry.script], [200, "Hello", ["greeting"]]);
  await ask("Bye");
  const found = await world.journal({ session_id: "session_abc123", tail: 1 });
  assert.deepEqual(found.map((one) => one.body.content), ["Bye"]);
  const later = await world.waitFor({ operation: "runtime.execute" }, { after: entry.id });
  assert.equal(later.body.content, "Bye");
});

test("what was said and what happened is read", async () => {
  await world.script("It rains.");
  await ask("How is the weather?");
  const messages = await world.messages("session_abc123");
  assert.deepEqual(messages.slice(-2).map((one) => [one.role, one.content]), [["user", "How is the weather?"], ["assistant", "It rains."]]);
  const [execution] = await world.executions("session_abc123");
  assert.deepEqual([execution.status, execution.turns[0].text], ["completed", "It rains."]);
});

test("a snapshot is gone back to, and forked", async () => {
  await world.script("It rains.");
  const { name } = await world.snapshot("before");
  await world.reset();
  await world.restore(name);
  await using_(await emulator.newWorld({ from: world.name, snapshot: name }), async (fork) => {
    assert.notEqual(fork.apiKey, world.apiKey);
    assert.equal((await ask("Hello", fork)).messages[0].content, await reply("Hello"));
  });
});

async function using_(made, act) {
  try {
    await act(made);
  } finally {
    await made.close();
  }
}

test("a reset may be of some scopes alone", async () => {
  assert.deepEqual(await world.reset("scripts", "clock"), ["scripts", "clock"]);
});

test("a world has a name, a seed and a contract of its own", async () => {
  const made = await emulator.newWorld({ name: `w-${process.pid}`, seed: "empty", contract: "reference", ttlSeconds: 60 });
  assert.equal(made.name, `w-${process.pid}`);
  assert.deepEqual(await made.sessions(), []);
  assert.equal((await made.control("GET", "/state")).contract, "reference");
  await made.close();
});

test("variables lead a program here", () => {
  assert.deepEqual(world.env("VITE_"), {
    VITE_ATTHENE_BASE_URL: world.baseUrl,
    VITE_ATTHENE_API_KEY: world.apiKey,
    VITE_ATTHENE_EMULATOR_URL: emulator.url,
    VITE_ATTHENE_EMULATOR_NAMESPACE: world.name,
  });
});

test("a world that is there is found, and stays when it is closed", async () => {
  const there = await emulator.world(world.name);
  assert.equal(there.apiKey, world.apiKey);
  await there.close();
  assert.equal((await emulator.world()).apiKey, emulator.apiKey);
  assert.equal((await emulator.world(world.name)).name, world.name);
  await assert.rejects(emulator.world("nowhere"), /^EmulatorError: There is no world nowhere; there are default, .*newWorld\(\{ name \}\) makes one\.$/);
});

test("a seed with mistakes is refused with a sentence for each", async () => {
  await assert.rejects(emulator.newWorld({ seed: { scripts: [{ when: {} }], agentz: [] } }), (error) => {
    assert.deepEqual([error.status, error.type, error.method, error.path], [400, "emulator_error", "POST", "/__emulator/namespaces"]);
    assert.match(error.message, /agentz is not known here; did you mean agents\?/);
    assert.ok(error.problems.some((one) => one.field.endsWith("agentz")));
    return true;
  });
});

test("what looks wrong is told first", async () => {
  await world.script("It rains.", { content: "weather", name: "rain" });
  await world.fault({ operation: "runtime.execute", status: 503, times: 1 });
  await world.reset("journal");
  await ask("Hello");
  await ask("Good morning");
  const lines = (await conversation(world)).split("\n");
  assert.equal(lines[0], "what looks wrong:");
  assert.match(lines[1], /^  session_abc123, execution \d+: no script answers main; the nearest is \w+, whose content wants .* and got "Good morning"$/);
  assert.match(lines[2], /^  POST \/api\/v1\/runtime\/session_abc123\/execute\/ → 503 fault/);
  assert.equal(lines[3], "session_abc123:");
});

test("a script that can never answer is told on the console, and kept for the report", async (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  const name = await world.script("x", { agent: "writter" });
  const said = `script ${name}: This script never answers: the namespace has no agent writter; did you mean writer?`;
  assert.deepEqual(warn.mock.calls.map((one) => one.arguments), [[said]]);
  assert.deepEqual(world.hints, [said]);
});

test("a gate is waited at by the clock, however long looking takes", async () => {
  let looks = 0;
  const control = { ask: () => new Promise((resolve) => { looks += 1; setTimeout(resolve, 60, []); }) };
  await assert.rejects(new Gate(control, "door").waitUntilWaiting({ timeoutMs: 100 }), { type: "timeout" });
  assert.ok(looks <= 3, `${looks} looks`);
});

test("what nobody knows is refused", async () => {
  await assert.rejects(world.scenario("aproval"), { status: 404, message: /did you mean approval/ });
  await assert.rejects(world.script("x", { tool_cals: [] }), new TypeError("script() has no tool_cals; did you mean tool_calls?"));
  await assert.rejects(world.script("x", { contents: "x" }), new TypeError("script() has no contents; did you mean content?"));
  await assert.rejects(world.script("x", { delayMs: 1 }), new TypeError("script() has no delayMs; did you mean delay_ms?"));
  await assert.rejects(world.script("x", { colour: "red" }), new TypeError("script() has no colour."));
  await assert.rejects(world.fault({ operation: "runtime.exec" }), { status: 400, message: /runtime\.execute/ });
});

test("what was waited for is named when it has not come", async () => {
  await assert.rejects(world.waitFor({ operation: "runtime.cancel" }, { timeoutMs: 10 }), {
    status: 408,
    type: "timeout",
    message: /^0 of 1 requests with operation runtime\.cancel came within 0\.01 s/,
  });
  await assert.rejects(world.gate("door").waitUntilWaiting({ timeoutMs: 10 }), {
    type: "timeout",
    message: '0 of 1 executions wait at the gate door after 0.01 s; does a script say gate: "door"?',
  });
});

test("a closed world says so, and closing twice does nothing", async () => {
  await world.close();
  await world.close();
  const closed = { type: "closed", message: `The world ${world.name} is closed; make another with newWorld().` };
  await assert.rejects(world.scripts(), closed);
  await assert.rejects(world.clock.now(), closed);
  await assert.rejects(world.gate("door").open(), closed);
  await assert.rejects(world.socket("session_abc123"), closed);
});

test("a world that is gone already is closed without a word", async () => {
  await world.control("DELETE", `/namespaces/${world.name}`);
  await world.close();
});

test("what a test replaces is not what is used", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = () => assert.fail("this is somebody's mock");
  try {
    assert.equal((await world.scripts())[0].from, "seed");
  } finally {
    globalThis.fetch = fetch;
  }
});
