// chat.test.mjs
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ask } from "./chat.mjs";

const control = `${process.env.ATTHENE_EMULATOR_URL}/__emulator`;
let chat;

/** Tells the emulator something about this test's world. */
async function tell(path, body) {
  const headers = { "Content-Type": "application/json", ...(chat && { "X-Emulator-Namespace": chat.name }) };
  const response = await fetch(`${control}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

beforeEach(async () => {
  const { name, base_url, api_key } = await tell("/namespaces", {});
  chat = { name, baseUrl: base_url, apiKey: api_key, sessionId: "session_abc123" };
});

afterEach(async () => {
  await fetch(`${control}/namespaces/${chat.name}`, { method: "DELETE" });
  chat = undefined;
});

test("the agent's answer is shown", async () => {
  await tell("/scripts", { when: { content: { contains: "weather" } }, then: { reply: "It rains." } });
  assert.equal(await ask(chat, "How is the weather?"), "It rains.");
});

test("a busy service is told in words", async () => {
  await tell("/faults", { operation: "runtime.execute", status: 503, times: 1 });
  assert.equal(await ask(chat, "Hello"), "The service is busy. Please try again.");
  assert.equal(await ask(chat, "Hello"), "Hello! How can I help you today?");
});

test("a wrong key is an error", async () => {
  await assert.rejects(ask({ ...chat, apiKey: "wrong" }, "Hello"), /answered 401/);
});
