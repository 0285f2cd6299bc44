import { expect, test } from "./world.js";

const TYPING = "The assistant is typing …";

const said = (page) => page.getByRole("log").getByRole("article");
const box = (page) => page.getByRole("textbox", { name: "Your message" });
const problem = (page) => page.getByRole("alert");
const again = (page) => page.getByRole("button", { name: "Try again" });
const script = (world, then) => world.control("POST", "/scripts", { then });

async function say(page, content) {
  await box(page).fill(content);
  await page.getByRole("button", { name: "Send" }).click();
}

async function executions(world) {
  return world.control("GET", "/journal?operation=runtime.execute");
}

test.describe("two workers", () => {
  for (const name of ["one", "the other"]) {
    test(`${name} sees nothing of its neighbour`, async ({ page, world }) => {
      await script(world, { reply: `I am ${name}` });
      await page.goto("/");
      await neighbour(world.baseUrl);
      await say(page, "Who are you?");
      await expect(said(page)).toHaveText(["Who are you?", `I am ${name}`]);
      await neighbour(world.baseUrl);
      expect((await world.control("GET", "/state")).counts).toMatchObject({ sessions: 2, scripts: 5 });
    });
  }

  /** Returns when the test of the other worker has come as far as this one; they meet in the world `default`. */
  let meetings = 0;
  async function neighbour(baseUrl) {
    meetings += 1;
    const path = `/api/v1/agent/meeting-${meetings}/`;
    await fetch(new URL(path, baseUrl), { headers: { "x-api-key": process.env.ATTHENE_API_KEY } });
    const answer = await fetch(new URL("/__emulator/journal/wait", baseUrl), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ match: { path }, count: 2, timeout_seconds: 20 }),
    });
    expect(answer.status, await answer.text()).toBe(200);
  }
});

test("a message is answered, and a reload brings the conversation back", async ({ page }) => {
  await page.goto("/");
  await box(page).fill("Hello");
  await box(page).press("Enter");
  const conversation = ["Hello", "Hello! How can I help you today?"];
  await expect(said(page)).toHaveText(conversation);
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toHaveValue("");
  await page.reload();
  await expect(said(page)).toHaveText(conversation);
  await page.getByRole("button", { name: "New conversation" }).click();
  await expect(said(page)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("log")).toBeEmpty();
});

test("an answer is scripted", async ({ page, world }) => {
  await world.control("POST", "/scripts", { when: { content: { contains: "weather" } }, then: { reply: "It rains." } });
  await page.goto("/");
  await say(page, "How is the weather?");
  await expect(said(page).last()).toHaveText("It rains.");
  await say(page, "Hello");
  await expect(said(page).last()).toHaveText("Hello! How can I help you today?");
});

test("the assistant is typing until a gate is opened", async ({ page, world }) => {
  await script(world, { gate: "thinking", reply: "Done." });
  await page.goto("/");
  await say(page, "Think hard");
  await expect(page.getByRole("status")).toHaveText(TYPING);
  await expect.poll(() => world.control("GET", "/gates")).toMatchObject([{ name: "thinking", open: false, waiting: 1 }]);
  await expect(page.getByRole("button", { name: "Send" })).toBeDisabled();
  await expect(said(page)).toHaveText(["Think hard"]);
  await world.control("POST", "/gates/thinking/open");
  await expect(said(page)).toHaveText(["Think hard", "Done."]);
  await expect(page.getByRole("status")).toBeEmpty();
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
});

for (const status of [429, 503]) {
  test(`a ${status} is tried again after as long as the service says`, async ({ page, world }) => {
    await page.clock.install();
    await world.control("POST", "/faults", { operation: "runtime.execute", status, retry_after: 30, times: 1 });
    await page.goto("/");
    await page.clock.pauseAt(Date.now() + 60_000); // until then it runs on
    await say(page, "Hello");
    await expect(problem(page)).toContainText("Trying again in 30 s.");
    await page.clock.fastForward(29_000);
    await expect(said(page)).toHaveText(["Hello"]);
    await page.clock.fastForward(1_000);
    await expect(said(page)).toHaveText(["Hello", "Hello! How can I help you today?"]);
    await expect(problem(page)).toBeEmpty();
  });
}

test("an overloaded service is tried again by hand", async ({ page, world }) => {
  await world.control("POST", "/faults", { operation: "runtime.execute", status: 503, times: 2 });
  await page.goto("/");
  await say(page, "Hello");
  await expect(problem(page)).toHaveText("The service is overloaded.");
  await again(page).click();
  await expect(problem(page)).toHaveText("The service is overloaded.");
  await again(page).click();
  await expect(said(page)).toHaveText(["Hello", "Hello! How can I help you today?"]);
});

test("a dropped connection is told, and the message can be sent again", async ({ page, world }) => {
  // Without `times: 1`: Chromium itself repeats a request whose kept connection was closed before an answer.
  await world.control("POST", "/faults", { id: "cut", operation: "runtime.execute", kind: "drop" });
  await page.goto("/");
  await say(page, "Hello");
  await expect(problem(page)).toHaveText("The connection was lost.");
  await world.control("DELETE", "/faults/cut");
  await again(page).click();
  await expect(said(page)).toHaveText(["Hello", "Hello! How can I help you today?"]);
  await expect(problem(page)).toBeEmpty();
});

for (const [kind, told] of [["truncate", "The connection was lost."], ["malformed", "The answer could not be read."]]) {
  test(`an answer lost by ${kind} is looked up instead of being asked for twice`, async ({ page, world }) => {
    await world.control("DELETE", "/journal");
    await world.control("POST", "/faults", { operation: "runtime.execute", kind, times: 1 });
    await page.goto("/");
    await say(page, "Hello");
    await expect(problem(page)).toHaveText(told);
    await again(page).click();
    await expect(said(page)).toHaveText(["Hello", "Hello! How can I help you today?"]);
    expect(await executions(world)).toHaveLength(1);
  });
}

test("scenarios are switched while the page is open", async ({ page, world }) => {
  await page.goto("/");

  await world.control("POST", "/scenarios/rich-text");
  await say(page, "Show me everything");
  await expect(said(page).last()).toContainText('<script>document.title = "this must stay text"</script>');
  await expect(page).toHaveTitle("Chat");

  await world.control("POST", "/scenarios/empty-answer");
  await say(page, "And now?");
  await expect(said(page).last()).toHaveText("The assistant had nothing to say.");

  await world.control("POST", "/scenarios/refusal");
  await say(page, "Something forbidden");
  await expect(problem(page)).toContainText("The service refused");
  await expect(again(page)).toBeHidden();

  await world.control("POST", "/scenarios/error-mid-run");
  await say(page, "Still there?");
  await expect(problem(page)).toHaveText("The assistant could not finish: The agent stopped in the middle of its work.");

  await world.control("POST", "/scenarios/expired-key");
  await say(page, "Hello?");
  await expect(problem(page)).toHaveText("The API key was not accepted: API key has expired.");
  await expect(again(page)).toBeHidden();

  await world.control("POST", "/scenarios/happy-path");
  await say(page, "Hello!");
  await expect(said(page).last()).toHaveText("Hello! I am here to help. What would you like to know?");
  await expect(problem(page)).toBeEmpty();
});

test("half an answer is shown together with the error", async ({ page, world }) => {
  await world.control("POST", "/scenarios/error-mid-run");
  await page.goto("/?session=session_error_mid_run");
  await say(page, "What is new?");
  await expect(said(page)).toHaveText(["What is new?", "Let me see what was reported today."]);
  await expect(problem(page)).toHaveText("The assistant could not finish: tavily_search did not answer.");
});

test("a reset brings the history of the seed back", async ({ page, world }) => {
  const seeded = ["Hello, I need help with my account.", "Of course! What seems to be the trouble?"];
  await page.goto("/?session=session_abc123");
  await expect(said(page)).toHaveText(seeded);
  await say(page, "I forgot my password");
  await expect(said(page)).toHaveCount(4);
  await world.control("POST", "/reset");
  await page.reload();
  await expect(said(page)).toHaveText(seeded);
});

test("a conversation that a reset has taken away is told", async ({ page, world }) => {
  await page.goto("/");
  await say(page, "Hello");
  await expect(said(page)).toHaveCount(2);
  await world.control("POST", "/reset");
  await page.reload();
  await expect(problem(page)).toHaveText("There is no such conversation any more.");
});

test("a key of another world leads there", async ({ emulator, page, world }) => {
  const other = await emulator.newWorld();
  await script(other, { reply: "Welcome to the other world." });
  await page.goto(`/?apiKey=${other.apiKey}`);
  await say(page, "Where am I?");
  await expect(said(page).last()).toHaveText("Welcome to the other world.");
  expect((await world.control("GET", "/state")).counts.sessions).toBe(1);
  await other.close();
});

test("what happens is announced to those who cannot see it", async ({ page, world }) => {
  await world.control("POST", "/faults", { operation: "runtime.execute", status: 503 });
  await page.goto("/?session=session_abc123");
  await say(page, "Hello");
  await expect(page.getByRole("main")).toMatchAriaSnapshot(`
    - heading "Chat" [level=1]
    - button "New conversation"
    - log "Conversation":
      - article "You": Hello, I need help with my account.
      - article "Assistant": Of course! What seems to be the trouble?
      - article "You": Hello
    - alert: The service is overloaded.
    - button "Try again"
    - textbox "Your message"
    - button "Send"
  `);
});
