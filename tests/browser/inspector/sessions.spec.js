import { readFileSync } from "node:fs";
import { expect, test } from "./page.js";

const SESSION = "session_abc123";
const EXECUTE = `/runtime/${SESSION}/execute/`;

const log = (page) => page.getByRole("log", { name: "Messages" });
const happened = (page) => page.getByRole("region", { name: "What really happened" });
const say = async (page, text) => {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
};
/** A session of an agent with a graph: a condition that leads one way or the other. */
const GRAPH = {
  name: "Triage",
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

async function triage(world) {
  const { value } = await world.call("POST", "/sessions/", GRAPH);
  return value.session_id ?? value.id;
}

test("sessions are listed as the control plane has them, and filtered by their ids", async ({ page, world }) => {
  await triage(world);
  await world.open("#/sessions");
  const listed = await world.control("GET", "/sessions");
  const rows = page.getByRole("region", { name: /^Sessions/ }).getByRole("row");
  await expect(rows).toHaveCount(listed.length + 1);
  for (const [n, one] of listed.entries()) {
    await expect(rows.nth(n + 1)).toContainText(one.session_id);
    await expect(rows.nth(n + 1)).toContainText(one.configuration.name);
    await expect(rows.nth(n + 1)).toContainText(one.status);
  }
  await page.getByRole("searchbox", { name: "Id has" }).fill("abc123");
  await expect(rows).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Id has" }).fill("zzz");
  await expect(page.getByText("No sessions like that.")).toBeVisible();
});

test("a message is sent, and streams in piece by piece", async ({ page, world }) => {
  await world.control("POST", "/scripts", { then: { reply: "It was a dark and stormy night.", stream: { gate: "half", after: 3 } } });
  await world.open(`#/sessions/${SESSION}`);
  await say(page, "Tell me a story");
  await expect(log(page).getByRole("article", { name: "assistant" }).last()).toContainText("It was a");
  await expect(log(page)).not.toContainText("stormy");
  await world.control("POST", "/gates/half/open");
  await expect(log(page).getByRole("article", { name: "assistant" }).last()).toContainText("It was a dark and stormy night.");
  const { value } = await world.call("GET", `/runtime/${SESSION}/messages/`);
  await expect(log(page).getByRole("article")).toHaveCount(value.messages.length);
});

test("what happened elsewhere is seen at once, turn by turn, and looking leaves no trace", async ({ page, world }) => {
  await world.open(`#/sessions/${SESSION}`);
  await world.call("POST", EXECUTE, { content: "Hello" });
  await expect(log(page)).toContainText("Hello! How can I help you today?");
  await expect(happened(page).getByRole("link", { name: "greeting" })).toBeVisible();
  await world.call("POST", EXECUTE, { content: "And now?" });
  const turns = happened(page).getByRole("navigation", { name: "Turns" }).getByRole("link");
  await expect(turns).toHaveCount(2);
  await turns.first().click();
  await expect(page).toHaveURL(/\/turns\/2/);
  await expect(happened(page).getByRole("link", { name: "greeting" })).toBeVisible();
  expect((await world.control("GET", "/journal")).map((one) => one.operation)).toEqual(["runtime.execute", "runtime.execute"]);
});

test("the way through the graph is drawn and told, with its order and its reasons", async ({ page, world }) => {
  const id = await triage(world);
  await world.control("POST", "/scripts", { when: { agent: "judge" }, then: { output: { urgent: false } } });
  await world.call("POST", `/runtime/${id}/execute/`, { content: "Please" });
  await world.open(`#/sessions/${id}`);
  await expect(page.getByRole("img", { name: /^Graph of Triage/ })).toBeVisible();
  await page.getByText("As a table, with reasons").click();
  const { graph } = await world.control("GET", `/sessions/${id}/graph`);
  const rows = page.getByRole("region", { name: "Edges" }).getByRole("row");
  await expect(rows).toHaveCount(graph.edges.length + 1);
  for (const [n, edge] of graph.edges.entries()) {
    for (const { order, why } of edge.taken) await expect(rows.nth(n + 1)).toContainText(`${order}. ${why}`);
    if (edge.taken.length === 0) await expect(rows.nth(n + 1).getByRole("cell").last()).toHaveText("–");
  }
  await world.axe();
});

test("a person is told why an answer was a default answer, and makes a script for it", async ({ page, world }) => {
  await world.control("POST", "/scripts", { name: "weather", when: { agent: "main", content: { contains: "weather" } }, then: { reply: "It rains." } });
  await world.call("POST", EXECUTE, { content: "What time is it?" });
  await world.open(`#/sessions/${SESSION}`);
  const why = happened(page).getByText("Why a default answer?");
  await expect(why).toBeVisible();
  const item = happened(page).getByRole("listitem").filter({ hasText: "weather" }).last();
  await expect(item).toContainText("content");
  await expect(item).toContainText("What time is it?");
  await happened(page).getByRole("link", { name: "Make a script for this turn" }).click();
  await expect(page).toHaveURL(/#\/world\/scripts/);
  const editor = page.getByRole("textbox").first();
  await expect(editor).toHaveValue(/What time is it\?/);
  await editor.fill((await editor.inputValue()).replace("What the agent should say", "It is noon."));
  await page.getByRole("button", { name: /^Add/ }).click();
  await expect.poll(async () => (await world.call("POST", EXECUTE, { content: "What time is it?" })).value.messages[0].content).toBe("It is noon.");
});

test("a turn is answered by hand", async ({ page, world }) => {
  await world.open(`#/sessions/${SESSION}`);
  await page.getByRole("button", { name: "Answer by hand" }).click();
  await expect(page.getByRole("button", { name: "Let scripts answer again" })).toBeVisible();
  const answered = world.call("POST", EXECUTE, { content: "Who is there?" });
  await expect(page.getByRole("heading", { name: /^The turn of main waits at the gate/ })).toBeVisible();
  await expect(log(page)).toContainText("Who is there?");
  await expect(page.getByText(/more seconds, then it fails/)).toBeVisible();
  await page.getByRole("button", { name: "Freeze the clock" }).click();
  await expect(page.getByText("The clock is frozen, so you have all the time that you want.")).toBeVisible();
  await world.axe();
  await page.getByRole("textbox", { name: /reply/i }).fill("A person.");
  await page.getByRole("button", { name: /^Answer$|^Send the answer$|^Reply$/ }).click();
  expect((await answered).value.messages[0].content).toBe("A person.");
  await expect(log(page)).toContainText("A person.");
  await expect(happened(page).getByText("by hand")).toBeVisible();
  await page.getByRole("button", { name: "Let scripts answer again" }).click();
  await expect.poll(async () => (await world.control("GET", "/scripts")).some((one) => one.name.startsWith("by-hand"))).toBe(false);
});

test("a call of a tool is approved with other arguments, and declined", async ({ page, world }) => {
  await world.control("POST", "/scenarios/approval");
  await world.open("#/sessions/session_approval");
  const card = page.getByRole("region", { name: "Approval" });
  await say(page, "Invite Ada");
  const args = card.getByRole("textbox", { name: "Arguments" });
  await args.fill((await args.inputValue()).replace("Our meeting", "Lunch"));
  await card.getByRole("button", { name: "Approve" }).click();
  await expect(card).toHaveCount(0);
  await expect(log(page)).toContainText("The e-mail is on its way.");
  const { executions } = await world.control("GET", "/sessions/session_approval/executions");
  expect(executions.at(-1).turns[0].tool_calls[0].arguments.subject).toBe("Lunch");
  await page.goto("about:blank"); // with its scenario the session goes
  await world.control("POST", "/scenarios/approval-declined");
  await world.open("#/sessions/session_approval_declined");
  await say(page, "Tell everybody");
  await card.getByRole("textbox", { name: /Feedback/ }).fill("Not today");
  await world.axe();
  await card.getByRole("button", { name: "Decline" }).click();
  await expect(card).toHaveCount(0);
  await expect(log(page)).toContainText("I have not sent it. You said: Not today");
});

test("a turn is cancelled", async ({ page, world }) => {
  await world.control("POST", "/scripts", { then: { gate: "never", reply: "Too late" } });
  await world.open(`#/sessions/${SESSION}`);
  await say(page, "Hello");
  await page.getByRole("button", { name: "Cancel the turn" }).click();
  await expect(page.getByRole("button", { name: "Cancel the turn" })).toBeDisabled();
  expect((await world.control("GET", `/sessions/${SESSION}/executions`)).executions.at(-1).status).toBe("cancelled");
});

test("a session that there is not says which is near", async ({ page, world, complaints }) => {
  complaints.push(/404/);
  await world.open("#/sessions/session_abc12");
  await expect(page.getByRole("alert").first()).toContainText("did you mean session_abc123?");
});

test("ten thousand sessions are no hindrance", async ({ page, world }) => {
  const sessions = Array.from({ length: 10_000 }, (_, n) => ({ id: `session_${n}`, owner: "ada", config: { name: "Many", agent_type: "llm_agent" } }));
  const { name } = await world.control("POST", "/namespaces", { seed: { accounts: [{ id: "ada", api_keys: ["many-key"] }], sessions } });
  await page.goto(`${world.url}/__emulator/#/sessions?namespace=${name}`);
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("1–50 of 10,000 sessions");
  await page.getByRole("button", { name: "Older" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toContainText("51–100 of 10,000 sessions");
  await world.control("DELETE", `/namespaces/${name}`);
});

test("what could not be sent is not lost", async ({ page, world, complaints }) => {
  complaints.push(/WebSocket|ERR_/);
  await world.open(`#/sessions/${SESSION}`);
  await expect(log(page).getByRole("article")).toHaveCount(2);
  await page.routeWebSocket(/\/ws\/amas\//, (socket) => socket.close({ code: 1012 }));
  await say(page, "Are you there?");
  await expect(page.getByRole("alert")).toContainText("The namespace was reset");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("Are you there?");
});

/** A session of the agent of the seed that has this key. */
async function started(world, key) {
  const { agents } = await world.control("GET", "/state");
  const { value } = await world.call("POST", `/sessions/from-agent/${agents.find((one) => one.agent_key === key).id}/`);
  return value.session_id;
}

test("a turn shows what was found in knowledge bases", async ({ page, world }) => {
  const id = await started(world, "research_assistant");
  await world.call("POST", `/runtime/${id}/execute/`, { content: "How do I reset my lamp?" });
  await world.open(`#/sessions/${id}`);
  const found = happened(page).getByRole("group").filter({ hasText: /^\s*Found/ });
  const { executions } = await world.control("GET", `/sessions/${id}/executions`);
  const hits = executions[0].turns.flatMap((turn) => turn.knowledge);
  expect(hits.length).toBeGreaterThan(0);
  await found.locator("summary").click();
  await expect(found.locator("summary")).toHaveText(`Found ${hits.length} chunks in ${hits[0].knowledge_base}`);
  for (const [n, hit] of hits.entries()) {
    const item = found.getByRole("listitem").nth(n);
    await expect(item).toContainText(`${hit.source}, score ${hit.score}`);
    await expect(item).toContainText(hit.text);
  }
  await world.axe();
});

test("files that an agent made are downloaded from its turn", async ({ page, world }) => {
  const bytes = Buffer.from([0x89, 0x50, 0, 0xff]);
  const artifacts = [{ name: "report.md", text: "# Lamps\n" }, { name: "lamp.png", base64: bytes.toString("base64") }];
  await world.control("POST", "/scripts", { then: { reply: "Here they are.", artifacts } });
  await world.call("POST", EXECUTE, { content: "A report, please" });
  await world.open(`#/sessions/${SESSION}`);
  const { executions } = await world.control("GET", `/sessions/${SESSION}/executions`);
  for (const one of executions.at(-1).turns[0].artifacts) {
    await expect(happened(page).getByRole("listitem").filter({ hasText: one.artifact_id }).last()).toContainText(one.name);
    const begun = page.waitForEvent("download");
    await happened(page).getByRole("button", { name: `Download ${one.name}` }).click();
    const download = await begun;
    expect(download.suggestedFilename()).toBe(one.name);
    expect(readFileSync(await download.path())).toEqual(one.name === "lamp.png" ? bytes : Buffer.from("# Lamps\n"));
  }
  await world.axe();
});

test("a file that is gone is refused in the server's words", async ({ page, world, complaints }) => {
  complaints.push(/404/);
  await world.control("POST", "/scripts", { then: { reply: "Here", artifacts: [{ name: "report.md", text: "# Lamps" }] } });
  await world.call("POST", EXECUTE, { content: "A report, please" });
  await world.open(`#/sessions/${SESSION}`);
  const button = happened(page).getByRole("button", { name: "Download report.md" });
  await expect(button).toBeVisible();
  await page.route("**/download/", (route) => route.fulfill({ status: 404, json: { error: { type: "not_found", message: "Artifact not found" } } }));
  await button.click();
  await expect(page.getByRole("alert")).toContainText("Artifact not found");
});
