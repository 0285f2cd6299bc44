/** The pictures of the documentation: `make screenshots` writes them anew. */

import { expect, test } from "./page.js";

const FOLDER = process.env.SCREENSHOTS ?? "test-results/screenshots";
const SESSION = "session_triage";
const SEED = {
  clock: { mode: "frozen", now: "2026-11-30T10:00:00Z" },
  accounts: [{ id: "ada", company: "Example Ltd", api_keys: ["screenshot-key"] }],
  agents: [{ owner: "ada", system_config: {
    name: "Front desk",
    agents: [
      { name: "triage", agent_type: "llm_agent", prompt_config: { system_prompt: "Decide whether a person has to look at this." }, structured_output: { enabled: true, schema: { urgent: { type: "bool", description: "Whether it cannot wait" } } } },
      { name: "helper", agent_type: "react_agent", prompt_config: { system_prompt: "Help at once." }, tools: ["calculator"] },
      { name: "clerk", agent_type: "llm_agent", prompt_config: { system_prompt: "Write it down." } },
      { name: "reviewer", agent_type: "llm_agent", prompt_config: { system_prompt: "Check the answer." }, structured_output: { enabled: true, schema: { verdict: { type: "str", description: "Where it goes on" } } } },
      { name: "archive", agent_type: "llm_agent", prompt_config: { system_prompt: "Say goodbye." } },
    ],
    edges: [
      { from: "START", to: "triage" },
      { from: "triage", condition_type: "boolean", condition: "{{ triage.output.urgent }}", routing: { yes: "helper", no: "clerk" } },
      { from: "helper", to: "reviewer" },
      { from: "clerk", to: "reviewer" },
      { from: "reviewer", condition_type: "literal", condition: "{{ reviewer.output.verdict }}", possible_outputs: ["triage", "archive"] },
    ],
    recursion_limit: 10,
  } }],
  sessions: [{ id: SESSION, owner: "ada", agent_key: "front_desk", created_at: "2026-11-30T09:58:00Z" }],
  scripts: [
    { name: "urgent-first", when: { agent: "triage" }, then: { output: { urgent: true } } },
    { name: "sum", when: { agent: "helper", content: { contains: "sum", ignore_case: true } }, then: { tool_calls: [{ name: "calculator", arguments: { expression: "6 * 7" }, result: 42 }], reply: "It is 42." } },
    { name: "verdict", when: { agent: "reviewer" }, then: { output: { verdict: "archive" } } },
    { name: "goodbye", when: { agent: "archive", content: { contains: "bye" } }, then: { reply: "Goodbye!" } },
  ],
};

/** A namespace with a short history; its address in the page. */
async function prepared(world) {
  const { name, base_url: url, api_key: key } = await world.control("POST", "/namespaces", { name: "demo", seed: SEED });
  const headers = { "x-api-key": key, "content-type": "application/json", "X-Emulator-Namespace": name };
  const send = (method, path, body) => fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  await send("GET", "/agent/");
  await send("POST", `/runtime/${SESSION}/execute/`, { content: "My house is on fire. What is the sum?" });
  await send("GET", "/sessions/session_gone/");
  await send("POST", "/sessions/", { name: "No type" });
  await send("GET", `/runtime/${SESSION}/status/`);
  return (hash) => `${world.url}/__emulator/${hash}${hash.includes("?") ? "&" : "?"}namespace=${name}`;
}

test("the pictures are made", async ({ page, world, complaints }) => {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const at = await prepared(world);
  const shoot = async (name, hash, seen) => {
    await page.goto(at(hash));
    await expect(seen()).toBeVisible();
    await page.screenshot({ path: `${FOLDER}/inspector-${name}.png`, caret: "hide" });
  };
  await page.setViewportSize({ width: 1280, height: 800 });
  const heading = (name) => () => page.getByRole("heading", { name }).first();
  const [{ config_hash: hash }] = await (await fetch(`${world.url}/__emulator/configurations?namespace=demo`)).json();
  await shoot("requests", "#/requests/req_000002", heading(/execute/));
  await page.setViewportSize({ width: 1280, height: 1100 });
  await shoot("session", `#/sessions/${SESSION}`, () => page.getByRole("img", { name: /Graph/ }));
  await page.setViewportSize({ width: 1280, height: 800 });
  await shoot("agents", `#/configurations/${hash}`, () => page.getByRole("img", { name: /Graph/ }));
  await shoot("playground", "#/playground", () => page.getByRole("img", { name: /Graph/ }));
  await shoot("control", "#/world/scripts", heading("Scripts"));
  await shoot("reference", "#/reference/runtime.execute", heading(/execute/i));
  await fetch(`${world.url}/__emulator/namespaces/demo`, { method: "DELETE" });
});
