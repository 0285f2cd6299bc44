import { expect, test } from "./world.js";

const SESSION = "session_abc123";
const REPLY = "It was a dark and stormy night; the rain fell in torrents.";

const log = (page) => page.getByRole("log");
const texts = (page) => log(page).getByRole("article", { name: "Assistant" });
const notes = (page) => log(page).getByRole("article", { name: "Note" });
const status = (page) => page.getByRole("status");
const problem = (page) => page.getByRole("alert");
const card = (page) => page.getByRole("form", { name: "Approval" });
const button = (page, name) => page.getByRole("button", { name });
const script = (world, then) => world.control("POST", "/scripts", { then });

async function open(page, world, session = SESSION) {
  await page.goto(`/?session=${session}`);
  await expect(status(page)).toHaveText("Ready");
  await world.control("POST", "/journal/wait", { match: { operation: "socket.connect" } });
}

async function say(page, content) {
  await page.getByRole("textbox", { name: "Your message" }).fill(content);
  await button(page, "Send").click();
}

/** The operations of a session's socket, in their order. */
async function frames(world) {
  const entries = await world.control("GET", "/journal?operation=socket.*");
  return entries.map((entry) => entry.operation.replace("socket.", ""));
}

/** What the agent has said in a session, as REST tells it. */
async function said({ baseUrl, apiKey }, session = SESSION) {
  const answer = await fetch(`${baseUrl}/runtime/${session}/messages/`, { headers: { "x-api-key": apiKey } });
  const { messages } = await answer.json();
  return messages.filter((one) => one.role === "assistant").map((one) => one.content).slice(-1);
}

test("a text streams into the page piece by piece", async ({ page, world }) => {
  await script(world, { reply: REPLY, stream: { gate: "half", after: 3 } });
  await open(page, world);
  await say(page, "Tell me a story");
  await expect(texts(page)).toHaveText(["It was a"]);
  await expect(status(page)).toHaveText("Answering …");
  await expect(button(page, "Send")).toBeDisabled();
  await world.control("POST", "/gates/half/open");
  await expect(texts(page)).toHaveText([REPLY]);
  await expect(status(page)).toHaveText("Ready");
  expect(await texts(page).evaluate((article) => [...article.childNodes].map((node) => node.data).slice(1))).toEqual([
    "It", " was", " a", " dark", " and", " stormy", " night;", " the", " rain", " fell", " in", " torrents.",
  ]);
  expect(await said(world)).toEqual([REPLY]);
});

test("a call is approved with other arguments", async ({ page, world }) => {
  await world.control("POST", "/scenarios/approval");
  await open(page, world, "session_approval");
  await say(page, "Invite Ada");
  await expect(card(page).getByRole("heading")).toHaveText("Send this email?");
  await expect(card(page).getByRole("paragraph")).toHaveText("Mail: Send Email");
  await expect(status(page)).toHaveText("Waiting for you");
  const box = card(page).getByRole("textbox", { name: "Arguments" });
  expect(JSON.parse(await box.inputValue())).toMatchObject({ to: "ada@example.com", subject: "Our meeting" });
  await box.fill('{"to": "ada@example.com", "subject": "Lunch", "body": "At noon?"}');
  await button(page, "Accept").click();
  await expect(notes(page)).toHaveText(["accepted", '{"to": "ada@example.com", "subject": "Lunch", "body": "At noon?"}']);
  await expect(texts(page)).toHaveText(["The e-mail is on its way."]);
  await expect(card(page)).toBeHidden();
});

test("arguments that do not fit are as good as a decline", async ({ page, world }) => {
  await world.control("POST", "/scenarios/approval");
  await open(page, world, "session_approval");
  await say(page, "Invite Ada");
  await card(page).getByRole("textbox", { name: "Arguments" }).fill('{"to": 5}');
  await button(page, "Accept").click();
  await expect(notes(page)).toHaveText(["validation_failed"]);
  await expect(texts(page)).toHaveText(["All right, I have not sent it."]);
});

test("a call is declined, and the reason is taken up", async ({ page, world }) => {
  await world.control("POST", "/scenarios/approval-declined");
  await open(page, world, "session_approval_declined");
  await say(page, "Write to everybody");
  await card(page).getByRole("textbox", { name: "Feedback" }).fill("nobody wants to read that");
  await button(page, "Decline").click();
  await expect(notes(page)).toHaveText(["declined"]);
  await expect(texts(page)).toHaveText(["I have not sent it. You said: nobody wants to read that"]);
});

test("a message while a card is open is refused", async ({ page, world }) => {
  await world.control("POST", "/scenarios/approval");
  await open(page, world, "session_approval");
  await say(page, "Invite Ada");
  await expect(card(page)).toBeVisible();
  await button(page, "Send").evaluate((element) => { element.disabled = false; }); // as by a page that forgets to
  await say(page, "Hurry");
  await expect(problem(page)).toHaveText("hitl_session_busy: This session is waiting for a human-in-the-loop response.");
  await button(page, "Accept").click();
  await expect(texts(page)).toHaveText(["The e-mail is on its way."]);
});

test("a connection that is lost amid a text loses and doubles nothing", async ({ page, world }) => {
  await world.control("POST", "/scenarios/lost-connection");
  await open(page, world);
  await say(page, "What happened?");
  await expect(status(page)).toHaveText("Ready");
  expect(await texts(page).allTextContents()).toEqual(await said(world));
  expect(await frames(world)).toEqual(["open", "connect", "user_message", "execution_result", "open", "reconnect"]);
});

test("a text goes on where the connection was lost", async ({ page, world }) => {
  await script(world, { reply: REPLY, stream: { gate: "half", after: 6 } });
  await world.control("POST", "/faults", { operation: "socket.user_message", kind: "drop", after_events: 6 });
  await open(page, world);
  await say(page, "Tell me a story");
  await expect(texts(page)).toHaveText(["It was a dark and stormy"]);
  await expect.poll(() => frames(world)).toEqual(["open", "connect", "user_message", "open", "reconnect"]);
  await world.control("POST", "/gates/half/open");
  await expect(texts(page)).toHaveText([REPLY]);
  expect(await said(world)).toEqual([REPLY]);
});

test("a card that was on its way when the connection was lost is shown", async ({ page, world }) => {
  await world.control("POST", "/scenarios/approval");
  await world.control("POST", "/faults", { operation: "socket.user_message", kind: "drop", after_events: 2 });
  await open(page, world, "session_approval");
  await say(page, "Invite Ada");
  await expect(card(page)).toBeVisible();
  await button(page, "Accept").click();
  await expect(texts(page)).toHaveText(["The e-mail is on its way."]);
});

for (const [kind, asks] of [["gap", true], ["duplicate", false], ["reorder", true], ["malformed", true]]) {
  test(`a ${kind} in the stream is not seen`, async ({ page, world }) => {
    await script(world, { reply: REPLY });
    await world.control("POST", "/faults", { operation: "socket.user_message", kind, after_events: 6 });
    await open(page, world);
    await say(page, "Tell me a story");
    await expect(texts(page)).toHaveText([REPLY]);
    await expect(status(page)).toHaveText("Ready");
    expect((await frames(world)).includes("reconnect")).toBe(asks);
  });
}

test("a turn is stopped, and the next one answers", async ({ page, world }) => {
  await world.control("POST", "/scenarios/cancelled");
  await open(page, world);
  await say(page, "Tell me everything");
  await expect(texts(page)).toHaveText(["I could go on like this for a"]);
  await button(page, "Stop").click();
  await expect(notes(page)).toHaveText(["stopped"]);
  await expect(problem(page)).toHaveText("Execution cancelled");
  await expect(button(page, "Stop")).toBeHidden();
  await world.control("POST", "/gates/cancelled/open");
  await say(page, "Once more");
  await expect(texts(page).last()).toHaveText(/unless somebody asks me to stop\.$/);
});

test("what was said over REST is heard on the socket", async ({ page, world }) => {
  await open(page, world);
  await fetch(`${world.baseUrl}/runtime/${SESSION}/execute/`, {
    method: "POST",
    headers: { "x-api-key": world.apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({ content: "Hello" }),
  });
  await expect(texts(page)).toHaveText(["Hello! How can I help you today?"]);
});

test("a reset closes the socket, and the page comes back", async ({ page, world }) => {
  await open(page, world);
  await world.control("POST", "/reset");
  await expect.poll(() => frames(world)).toEqual(["open", "connect", "open", "connect"]);
  await expect(status(page)).toHaveText("Ready");
  await say(page, "Hello");
  await expect(texts(page)).toHaveText(["Hello! How can I help you today?"]);
});

test("the client that a page of the documentation shows runs in a page", async ({ page }) => {
  await page.goto("/");
  const told = page.waitForEvent("console");
  await page.addScriptTag({ type: "module", content: process.env.EXAMPLE });
  expect((await told).text()).toBe("Hello! How can I help you today?");
});

test("a wrong key is told by the code of the close", async ({ page }) => {
  await page.goto(`/?session=${SESSION}&apiKey=wrong`);
  await expect(status(page)).toHaveText("Closed: 4003 Invalid or missing authentication credentials");
});

test("a page of a foreign origin is sent away, and sees why", async ({ page }) => {
  const foreign = new URL(`/?session=${SESSION}`, process.env.PAGE_URL);
  foreign.hostname = "evil.example";
  await page.goto(foreign.href);
  await expect(status(page)).toContainText("Closed: 4003 Pages are refused; --cors-origin http://evil.example");
});

test.describe("without a key", () => {
  test.beforeEach(({ page }) => page.addInitScript((baseUrl) => {
    window.CHAT = { baseUrl, agent: "public_agent" };
  }, process.env.ATTHENE_BASE_URL));

  test("the page of a public agent talks to it", async ({ page }) => {
    await page.goto("/");
    await say(page, "Hello");
    await expect(texts(page)).toHaveText(["Hello! How can I help you today?"]);
  });

  test("the page of another origin does not", async ({ page }) => {
    const other = new URL(`/?session=${SESSION}`, process.env.PAGE_URL);
    other.hostname = "127.0.0.1";
    await page.goto(other.href);
    await expect(status(page)).toHaveText("Closed: 4003 Permission denied: this agent has another origin_url");
  });
});
