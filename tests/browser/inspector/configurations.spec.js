import { expect, test } from "./page.js";

const TRIAGE = {
  name: "Triage",
  description: "Sorts requests.",
  variables: { tone: { type: "str", default: "kind", description: "How to answer." } },
  agents: [
    { name: "judge", agent_type: "llm_agent", structured_output: { enabled: true, schema: { urgent: { type: "bool", description: "x" } } } },
    { name: "helper", agent_type: "llm_agent" },
    { name: "clerk", agent_type: "llm_agent" },
  ],
  edges: [
    { from: "START", to: "judge" },
    { from: "judge", condition_type: "boolean", condition: "{{ judge.output.urgent }}", routing: { yes: "helper", no: "clerk" } },
    { from: "helper", to: "END" },
    { from: "clerk", to: "END" },
  ],
};

/** As many agents as may be, each of which may lead to the end: too many lines for a picture. */
export const LARGE = {
  name: "Large",
  description: "Goes on and on.",
  architecture: "workflow",
  entry_point: "agent_0",
  variables: { done: { type: "bool", default: false, description: "x" } },
  agents: Array.from({ length: 50 }, (_, n) => ({ name: `agent_${n}`, agent_type: "llm_agent", description: "x", prompt_config: { system_prompt: "Do." } })),
  edges: Array.from({ length: 50 }, (_, n) => (n < 49
    ? { from: `agent_${n}`, condition_type: "boolean", condition: "{{ variables.done }}", routing: { yes: "END", no: `agent_${n + 1}` } }
    : { from: "agent_49", to: "END" })),
};

const agent = async (world, system_config) => (await world.call("POST", "/agent/", { system_config })).value;
const rows = (page, name) => page.getByRole("region", { name, exact: true }).getByRole("row");
const open = (world, { config_hash }) => world.open(`#/configurations/${config_hash}`);

/** An agent with the graph, executed once: nothing was urgent. */
async function triage(world) {
  const made = await agent(world, TRIAGE);
  await world.control("POST", "/scripts", { when: { agent: "judge" }, then: { output: { urgent: false } } });
  const { value } = await world.call("POST", `/sessions/from-agent/${made.id}/`);
  await world.call("POST", `/runtime/${value.session_id}/execute/`, { content: "Please" });
  return made;
}

test("configurations are listed as the control plane has them, and lead to their sessions", async ({ page, world }) => {
  await triage(world);
  await world.open("#/configurations");
  const listed = await world.control("GET", "/configurations");
  await expect(rows(page, "Configurations")).toHaveCount(listed.length + 1);
  for (const [n, one] of listed.entries()) {
    const row = rows(page, "Configurations").nth(n + 1);
    await expect(row.getByRole("rowheader")).toHaveText(one.name);
    for (const { agent_key } of one.agents) await expect(row).toContainText(agent_key);
    await expect(row).toContainText(one.config_hash);
    await expect(row).toContainText(`${one.covered} of ${one.total}`);
    await expect(row.getByRole("meter")).toHaveJSProperty("value", one.covered);
    await expect(row.getByRole("cell").nth(2)).toHaveText(String(one.executions));
  }
  await page.getByRole("link", { name: "1 sessions of Triage" }).click();
  await expect(page.getByRole("region", { name: /^Sessions/ }).getByRole("row")).toHaveCount(2);
  await page.goBack();
  await page.getByRole("link", { name: "Triage", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Triage");
});

test("what was never reached is seen in the picture, told in a list, and counted", async ({ page, world }) => {
  const { config_hash } = await triage(world);
  await open(world, { config_hash });
  const { elements, covered, total } = (await world.control("GET", "/coverage")).find((one) => one.config_hash === config_hash);
  const missed = elements.filter((one) => one.count === 0);
  const items = page.getByRole("list", { name: "Never reached" }).getByRole("listitem");
  await expect(items).toHaveCount(missed.length);
  for (const [n, one] of missed.entries()) {
    await expect(items.nth(n)).toContainText(one.from);
    if (one.to) await expect(items.nth(n)).toContainText(`→ ${one.to === "__end__" ? "end" : one.to}`);
  }
  await expect(page.getByRole("main")).toContainText(`${covered} of ${total}`);
  await expect(page.getByRole("img", { name: /^Graph of Triage/ }).locator("text", { hasText: "never" })).toHaveCount(missed.length);
  await page.getByText("As a table").click();
  const { graph } = await world.control("GET", `/configurations/${config_hash}`);
  for (const [n, edge] of graph.edges.entries()) await expect(rows(page, "Edges").nth(n + 1).getByRole("cell").last()).toHaveText(String(edge.count));
  for (const [n, node] of graph.nodes.filter((one) => one.kind === "agent").entries()) await expect(rows(page, "Agents").nth(n + 1).getByRole("cell").last()).toHaveText(String(node.visits));
  await world.axe();
});

test("an execution elsewhere is seen at once", async ({ page, world }) => {
  const { config_hash } = await triage(world);
  await open(world, { config_hash });
  const items = page.getByRole("list", { name: "Never reached" }).getByRole("listitem");
  await expect(items).toHaveCount(3);
  await world.control("DELETE", "/scripts");
  await world.control("POST", "/scripts", { when: { agent: "judge" }, then: { output: { urgent: true } } });
  const [{ session_id }] = await world.control("GET", `/sessions?config_hash=${config_hash}`);
  await world.call("POST", `/runtime/${session_id}/execute/`, { content: "Quick" });
  await expect(page.getByText("Every part was exercised.")).toBeVisible();
});

test("variables, findings and the document are shown as the control plane has them", async ({ page, world }) => {
  const { config_hash } = await agent(world, TRIAGE);
  await open(world, { config_hash });
  const { findings, variables } = await world.control("GET", `/configurations/${config_hash}`);
  await expect(rows(page, "Variables")).toHaveCount(variables.length + 1);
  await expect(rows(page, "Variables").nth(1)).toContainText("tone");
  await expect(rows(page, "Variables").nth(1)).toContainText("kind");
  const items = page.getByRole("region", { name: "Findings" }).getByRole("listitem");
  await expect(items).toHaveCount(findings.length);
  for (const [n, one] of findings.entries()) for (const text of [one.severity, one.code, one.field, one.message]) await expect(items.nth(n)).toContainText(text);
  await expect(page.getByText(`atthene-emulator explain ${findings[0].code}`)).toBeVisible();
  await page.getByRole("button", { name: "Copy the document" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const checked = await fetch(`${world.url}/__emulator/configurations/check`, { method: "POST", headers: { "content-type": "application/yaml" }, body: copied });
  expect((await checked.json()).config_hash).toBe(config_hash);
});

test("a session of an agent is started as an app would, and stands in the journal", async ({ page, world }) => {
  const { config_hash, agent_key } = await agent(world, TRIAGE);
  await open(world, { config_hash });
  await expect(page.getByText("Nothing was executed yet.")).toBeVisible();
  const { total } = (await world.control("GET", "/coverage")).find((one) => one.config_hash === config_hash);
  await expect(page.getByRole("img", { name: /^Graph of Triage/ }).locator("text", { hasText: "never" })).toHaveCount(total);
  await page.getByRole("button", { name: `Start a session of ${agent_key}` }).click();
  await expect(page).toHaveURL(/#\/sessions\//);
  const [session] = await world.control("GET", `/sessions?config_hash=${config_hash}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(session.session_id);
  expect((await world.control("GET", "/journal")).at(-1)).toMatchObject({ operation: "sessions.start", status: 201, session_id: session.session_id });
});

test("what the API refuses is said where the button is", async ({ page, world, complaints }) => {
  complaints.push(/503/);
  const { config_hash, agent_key } = await agent(world, TRIAGE);
  await world.control("POST", "/faults", { operation: "sessions.start", status: 503, message: "Come back later", times: 1 });
  await open(world, { config_hash });
  await page.getByRole("button", { name: `Start a session of ${agent_key}` }).click();
  await expect(page.getByRole("alert")).toContainText("Come back later");
});

test("a graph that is too large for a picture is listed", async ({ page, world }) => {
  const { config_hash } = await agent(world, LARGE);
  await open(world, { config_hash });
  await expect(page.getByText("It is too large for a picture: 52 nodes, 100 edges.")).toBeVisible();
  await expect(rows(page, "Agents")).toHaveCount(51);
  await expect(rows(page, "Edges")).toHaveCount(101);
  await expect(page.getByRole("list", { name: "Never reached" }).getByRole("listitem")).toHaveCount(20);
  await world.axe();
});

test("texts from right to left, and such as look like markup, are texts", async ({ page, world }) => {
  const name = "<img src=x onerror=alert(1)> دعم";
  const { config_hash } = await agent(world, {
    name,
    description: "<script>alert(1)</script>",
    variables: { word: { type: "str", default: "<b>مرحبا</b>", description: "x" } },
    agents: [{ name: "main", agent_type: "llm_agent", description: "وكيل", prompt_config: { system_prompt: "<style>*{display:none}</style> أجب بلطف" } }],
    edges: [{ from: "main", to: "END" }],
    entry_point: "main",
  });
  await world.open("#/configurations");
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(config_hash));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByRole("cell", { name: "<b>مرحبا</b>" })).toBeVisible();
  await expect(page.getByRole("group", { name: "the document" })).toContainText("<style>*{display:none}</style> أجب بلطف");
  await world.axe();
});

test("an empty namespace says what to do next", async ({ page, world }) => {
  await world.control("POST", "/clear");
  await world.open("#/configurations");
  await page.getByRole("link", { name: "write one in the playground" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Playground");
});

test("a configuration that there is not says which is near", async ({ page, world, complaints }) => {
  complaints.push(/404/);
  const { config_hash } = await agent(world, TRIAGE);
  await world.open(`#/configurations/${config_hash.slice(0, 11)}`);
  await expect(page.getByRole("alert")).toContainText(config_hash);
});

test("many configurations are shown page by page, and fit narrow screens", async ({ page, world }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const agents = Array.from({ length: 120 }, (_, n) => ({ owner: "ada", system_config: { name: `Agent ${n}`, agent_type: "llm_agent" } }));
  const { name } = await world.control("POST", "/namespaces", { seed: { accounts: [{ id: "ada", api_keys: ["key-of-many"] }], agents } });
  await page.goto(`${world.url}/__emulator/#/configurations?namespace=${name}`);
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("1–50 of 120 configurations");
  await page.getByRole("button", { name: "Later" }).click();
  await expect(page).toHaveURL(/offset=50/);
  await page.getByRole("link", { name: "Agent 60", exact: true }).click();
  await expect(page.getByRole("img", { name: /^Graph of Agent 60/ })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await world.control("DELETE", `/namespaces/${name}`);
});
