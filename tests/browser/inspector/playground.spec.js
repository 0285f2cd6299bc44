import { expect, test } from "./page.js";

const EXAMPLES = ["one agent", "a condition", "a supervisor", "tools with approval"];
const INVALID = "name: Foo\nagent_type: llm_agent\nmax: 2\nagents:\n  - name: a\n";
const SMALL = "name: Small\ndescription: d\nagent_type: llm_agent\nprompt_config:\n  system_prompt: Be brief.\n";

const editor = (page) => page.getByRole("textbox", { name: "Configuration, in YAML or JSON" });
const verdict = (page) => page.getByRole("main").getByRole("status");
const findings = (page) => page.getByRole("main").locator("ul.findings").getByRole("listitem");

async function check(world, text) {
  const answer = await fetch(`${world.url}/__emulator/configurations/check`, { method: "POST", headers: { "content-type": "application/yaml" }, body: text });
  return answer.json();
}

for (const name of EXAMPLES) {
  test(`the example of ${name} has nothing to mend, and becomes a session`, async ({ page, world }) => {
    await world.open("#/playground");
    await page.getByRole("navigation", { name: "Examples" }).getByRole("link", { name }).click();
    await expect(verdict(page)).toHaveText("valid nothing to mend");
    const { graph, name: title, variables } = await check(world, await editor(page).inputValue());
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
    const drawn = page.getByRole("img", { name: `Graph of ${title}` });
    for (const node of graph.nodes) await expect(drawn).toContainText(node.label);
    for (const one of variables) await expect(page.getByRole("rowheader", { name: one.name })).toBeVisible();
    await world.axe();
    await page.getByRole("button", { name: "Start a session" }).click();
    await expect(page).toHaveURL(/#\/sessions\//);
    await expect(page.getByRole("main")).toContainText(title);
    expect((await world.control("GET", "/journal")).at(-1)).toMatchObject({ operation: "sessions.create", status: 201 });
  });
}

test("what is wrong is told while one types, with its place, and the last picture stays", async ({ page, world }) => {
  await world.open("#/playground");
  await editor(page).fill(SMALL);
  await expect(verdict(page)).toContainText("valid");
  await expect(page.getByRole("heading", { name: "Small" })).toBeVisible();
  await editor(page).fill(INVALID);
  await expect(verdict(page)).toContainText("invalid");
  await expect(editor(page)).toHaveAttribute("aria-invalid", "true");
  const said = await check(world, INVALID);
  await expect(findings(page)).toHaveCount(said.findings.length);
  for (const [n, one] of said.findings.entries()) {
    for (const text of [one.severity, one.code, one.field, one.message, `line ${one.line}, column ${one.column}`]) await expect(findings(page).nth(n)).toContainText(text);
  }
  await expect(page.getByText("The text is not valid now; this is the last one that was.")).toBeVisible();
  await expect(page.getByRole("img", { name: "Graph of Small" })).toBeVisible();
  await world.axe();
  await editor(page).fill(SMALL);
  await expect(page.getByText("The text is not valid now")).toHaveCount(0);
});

test("pressing a finding puts the cursor there, characters beyond the usual included", async ({ page, world }) => {
  await world.open("#/playground");
  const text = `${"# 😀\n".repeat(100)}name: Foo\nprompt_config: {😀: 1}\nagent_type: llm_agent\n`;
  await editor(page).fill(text);
  const { findings: said } = await check(world, text);
  const one = said.find(({ line }) => line === 102);
  await findings(page).nth(said.indexOf(one)).getByRole("button").click();
  await expect(editor(page)).toBeFocused();
  const [at, top] = await editor(page).evaluate((area) => [area.selectionStart, area.scrollTop]);
  expect(text.slice(0, at).split("\n")).toHaveLength(102);
  expect(Array.from(text.slice(0, at).split("\n").at(-1))).toHaveLength(one.column - 1);
  expect(top).toBeGreaterThan(0);
});

test("the keyboard goes on from the text, and reaches everything", async ({ page, world }) => {
  await world.open("#/playground");
  await expect(verdict(page)).toContainText("valid");
  await editor(page).focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Start a session" })).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(editor(page)).toBeFocused();
});

test("the text stays while one looks elsewhere, and comes back as it was at first when that is wanted", async ({ page, world }) => {
  await world.open("#/playground?example=approval");
  const original = await editor(page).inputValue();
  await editor(page).fill(SMALL);
  await page.getByRole("link", { name: "Sessions" }).click();
  await page.getByRole("link", { name: "Playground" }).click();
  await expect(editor(page)).toHaveValue(SMALL);
  await expect(page).toHaveURL(/example=approval/);
  await page.getByRole("link", { name: "a supervisor" }).click();
  await expect(editor(page)).toHaveValue(/Travel Desk/);
  await expect(page.getByRole("note")).toHaveText("Your text is kept, go on with it: tools with approval");
  await world.axe();
  await page.getByRole("note").getByRole("link", { name: "tools with approval" }).click();
  await expect(editor(page)).toHaveValue(SMALL);
  await page.goBack();
  await page.goBack();
  await expect(editor(page)).toHaveValue(SMALL);
  await page.getByRole("button", { name: "Begin anew" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Begin anew" }).click();
  await expect(editor(page)).toHaveValue(original);
});

test("a configuration that there is can be gone on with", async ({ page, world }) => {
  const [{ config_hash, name }] = await world.control("GET", "/configurations");
  await world.open(`#/configurations/${config_hash}`);
  await page.getByRole("link", { name: "Open in the playground" }).click();
  await expect(page.getByText(`It began with ${name}.`)).toBeVisible();
  await expect(editor(page)).toHaveValue(new RegExp(`^name: ${name}`));
  await expect(verdict(page)).toContainText("valid");
  expect((await check(world, await editor(page).inputValue())).config_hash).toBe(config_hash);
});

for (const [kind, text] of [
  ["YAML", SMALL],
  ["YAML with marks and comments", `%YAML 1.2\n# mine\n---\n${SMALL}  # more\n...\n`],
  ["JSON", JSON.stringify({ name: "Small", description: "d", agent_type: "llm_agent", prompt_config: { system_prompt: "Be brief." } }, null, "\t")],
]) {
  test(`an agent is made of ${kind}, with the same configuration`, async ({ page, world }) => {
    await world.open("#/playground");
    await editor(page).fill(text);
    await expect(verdict(page)).toHaveText("valid nothing to mend");
    await page.getByRole("button", { name: "Make an agent of it" }).click();
    await expect(page.getByText("Made the agent small.")).toBeVisible();
    const listed = await world.control("GET", "/configurations");
    const { config_hash } = await check(world, SMALL);
    expect(listed.find((one) => one.config_hash === config_hash).agents.map((one) => one.agent_key)).toEqual(["small"]);
    await page.getByRole("link", { name: "Open it" }).click();
    await expect(page.getByRole("button", { name: "Start a session of small" })).toBeVisible();
  });
}

test("what the API refuses is shown with all that it finds", async ({ page, world, complaints }) => {
  complaints.push(/400/);
  await world.open("#/playground");
  await editor(page).fill(INVALID);
  await expect(verdict(page)).toContainText("invalid");
  await page.getByRole("button", { name: "Start a session" }).click();
  const { value } = await world.call("POST", "/sessions/", INVALID, { "content-type": "application/yaml" });
  await expect(page.getByRole("alert")).toContainText(value.error.message);
  for (const { field, message } of value.error.details.errors) await expect(page.getByRole("alert").getByRole("listitem").filter({ hasText: message })).toContainText(field);
  await world.axe();
});

test("more agents than a system may have are told of", async ({ page, world }) => {
  await world.open("#/playground");
  await editor(page).fill(`name: Crowd\nagents:\n${Array.from({ length: 70 }, (_, n) => `  - {name: agent_${n}, agent_type: llm_agent}\n`).join("")}`);
  await expect(findings(page).first()).toContainText("70");
  await expect(verdict(page)).toContainText("invalid");
});

test("a large text does not hold the page", async ({ page, world }) => {
  const agents = Array.from({ length: 50 }, (_, n) => `  - name: agent_${n}\n    agent_type: llm_agent\n    description: d\n    prompt_config:\n      system_prompt: |\n${"        Do what is wanted.\n".repeat(150)}`);
  const text = `name: Large\ndescription: d\nentry_point: agent_0\nagents:\n${agents.join("")}`;
  expect(text.length).toBeGreaterThan(200_000);
  await world.open("#/playground");
  await editor(page).evaluate((area, all) => {
    area.value = all; // typing so much takes the browser itself a minute
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }, text);
  await expect(page.getByRole("img", { name: "Graph of Large" })).toBeVisible();
  await editor(page).focus();
  await page.keyboard.press("Control+End");
  const waited = await page.evaluate(async () => {
    const begun = performance.now();
    for (let n = 0; n < 10; n += 1) {
      document.execCommand("insertText", false, "x");
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
    return (performance.now() - begun) / 10;
  });
  expect(waited).toBeLessThan(500); // milliseconds for a key, on a machine that is busy
  await expect(editor(page)).toHaveValue(/x{10}$/);
});

test("a document that is too large is refused in the control plane's words", async ({ page, world, complaints }) => {
  complaints.push(/413/);
  await world.open("#/playground");
  await editor(page).fill(`name: Huge\n# ${"x".repeat(1_100_000)}`);
  await expect(verdict(page)).toHaveText("Not checked");
  await expect(page.getByRole("alert")).toBeVisible();
});

test("an example that there is not says so", async ({ page, world }) => {
  await world.open("#/playground?example=nothing");
  await page.getByRole("link", { name: "Begin with one agent" }).click();
  await expect(editor(page)).toHaveValue(/Haiku/);
});

test("what came of one text is not shown with another", async ({ page, world, complaints }) => {
  complaints.push(/400/);
  await world.open("#/playground");
  await editor(page).fill(INVALID);
  await page.getByRole("button", { name: "Start a session" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await editor(page).fill(SMALL);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByRole("button", { name: "Make an agent of it" }).click();
  await expect(page.getByText("Made the agent small.")).toBeVisible();
  await editor(page).press("End");
  await page.keyboard.type("#");
  await expect(page.getByText("Made the agent small.")).toHaveCount(0);
});

test("in a namespace that was deleted nothing is started", async ({ page, world, complaints }) => {
  complaints.push(/40\d/);
  const { name } = await world.control("POST", "/namespaces", {});
  await world.control("DELETE", `/namespaces/${name}`);
  await page.goto(`${world.url}/__emulator/#/playground?namespace=${name}`);
  await page.getByRole("button", { name: "Start a session" }).click();
  await expect(page.getByRole("alert").filter({ hasText: `No key leads to the namespace ${name}` })).toBeVisible();
});
