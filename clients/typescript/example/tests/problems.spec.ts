import { executions, expect, test, withoutSockets } from "./page";

test("an expired key is told, and trying again is not offered", async ({ page, chat, world }) => {
  await world.scenario("expired-key");
  await page.goto("/");
  await expect(chat.problem).toHaveText("Your key is not accepted: API key has expired.");
  await expect(chat.button("Try again")).toBeHidden();
});

test("a session that may not be opened is told", async ({ chat, world }) => {
  await world.fault({ operation: "runtime.messages", status: 403 });
  await chat.open();
  await expect(chat.problem).toHaveText("You may not do this: You do not have permission to access this resource.");
});

test("a turn that fails tells why, and is tried again", async ({ chat, world }) => {
  await world.script([{ error: { message: "The model is gone" } }, { reply: "Here I am." }]);
  await chat.open();
  await chat.say("Hello");
  await expect(chat.problem).toContainText("The assistant could not finish: The model is gone.");
  await chat.button("Try again").click();
  await expect(chat.said("Assistant").last()).toHaveText("Here I am.");
  await expect(chat.problem).toBeHidden();
});

test.describe("without a socket", () => {
  test.beforeEach(async ({ chat, world }) => {
    await withoutSockets(world);
    await world.script("Here I am.");
    await chat.open();
    await expect(chat.status).toHaveText("Ready, without streaming");
  });

  const REFUSED = [
    [{ status: 500 }, "The service failed: Failed to execute message."],
    [{ status: 503 }, "The service is overloaded."],
    [{ status: 504 }, "The service took too long."],
    [{ status: 502, body: "<html><h1>502 Bad Gateway</h1></html>" }, "Something between here and the service answered 502."],
    [{ status: 502, cors: false }, "The connection was lost."],
  ] as const;
  for (const [fault, told] of REFUSED) {
    test(`after ${JSON.stringify(fault)} it is tried again`, async ({ chat, world }) => {
      await world.fault({ operation: "runtime.execute", times: 1, ...fault });
      await chat.say("Hello");
      await expect(chat.problem.getByRole("paragraph")).toHaveText(told);
      await chat.button("Try again").click();
      await expect(chat.said("Assistant").last()).toHaveText("Here I am.");
      await expect(chat.said("You").last()).toHaveText("Hello");
      expect(await executions(world)).toBe(2);
    });
  }

  for (const [form, retry_after] of [["seconds", 7], ["a date", { date: 7 }]] as const) {
    test(`who was too fast waits as long as the service says in ${form}`, async ({ page, chat, world }) => {
      await page.clock.install({ time: "2025-01-15T10:30:00Z" });
      await page.clock.pauseAt("2025-01-15T11:00:00Z");
      await world.clock.freeze("2025-01-15T11:00:00Z");
      await world.fault({ operation: "runtime.execute", status: 429, retry_after, times: 1 });
      await chat.say("Hello");
      await expect(chat.button("Try again in 7 s")).toBeDisabled();
      await page.clock.runFor(6000);
      await expect(chat.button("Try again in 1 s")).toBeDisabled();
      await page.clock.runFor(1000);
      await chat.button("Try again").click();
      await expect(chat.said("Assistant").last()).toHaveText("Here I am.");
    });
  }

  test("a message whose answer was lost is not sent twice", async ({ chat, world }) => {
    await world.fault({ operation: "runtime.execute", kind: "truncate", times: 1 });
    await chat.say("Hello");
    await expect(chat.problem).toContainText("The connection was lost.");
    await chat.button("Try again").click();
    await expect(chat.said("Assistant").last()).toHaveText("Here I am.");
    expect(await executions(world)).toBe(1);
  });
});

test("a session that waits for somebody elsewhere takes no message", async ({ chat, world }) => {
  await world.scenario("approval");
  const other = await world.socket("session_approval");
  await other.say("Invite Ada");
  await other.next("HitlRequired");
  await withoutSockets(world);
  await chat.open("session_approval");
  await chat.say("Hurry");
  await expect(chat.problem).toContainText("Somebody has to answer a question of this conversation first.");
  await other.close();
});

test("nothing is answered or stopped while the connection is lost", async ({ page, chat, world }) => {
  await world.scenario("approval");
  await world.fault({ operation: "socket.cancel_execution", kind: "drop", times: 1 });
  await page.clock.install({ time: "2025-01-15T10:30:00Z" });
  await chat.open("session_approval");
  await chat.say("Invite Ada");
  await expect(chat.button("Accept")).toBeEnabled();
  await page.clock.pauseAt("2025-01-15T11:00:00Z"); // so that the next try waits
  await chat.button("Stop").click();
  await expect(chat.status).toHaveText("Reconnecting …");
  for (const name of ["Accept", "Decline", "Stop"]) await expect(chat.button(name)).toBeDisabled();
  await page.clock.resume();
  await chat.button("Accept").click();
  await expect(chat.said("Assistant")).toHaveText(["The e-mail is on its way."]);
});
