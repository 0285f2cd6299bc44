import { expect, test } from "./page";

const SESSION = "session_approval"; // of the scenario

test.beforeEach(async ({ chat, world }) => {
  await world.scenario("approval");
  await chat.open(SESSION);
  await chat.say("Invite Ada");
  await expect(chat.approval.getByRole("heading")).toHaveText("Send this email?");
  await expect(chat.status).toHaveText("Waiting for you");
});

test("a call is approved with other arguments", async ({ chat }) => {
  const box = chat.approval.getByRole("textbox", { name: "Arguments" });
  const proposed = JSON.parse(await box.inputValue());
  await box.fill('{"subject": ');
  await expect(chat.button("Accept")).toBeDisabled();
  await box.fill(JSON.stringify({ ...proposed, subject: "Lunch" }));
  await chat.button("Accept").click();
  await expect(chat.said("Note")).toHaveText(["Your answer: accepted."]);
  await expect(chat.said("Tool")).toHaveText(/^mail_send_email .*"Lunch".* → {"sent": true}$/);
  await expect(chat.said("Assistant")).toHaveText(["The e-mail is on its way."]);
  await expect(chat.approval).toBeHidden();
});

test("a call is declined", async ({ chat, world }) => {
  await chat.approval.getByRole("textbox", { name: "Feedback" }).fill("Not today");
  await chat.button("Decline").click();
  await expect(chat.said("Assistant")).toHaveText(["All right, I have not sent it."]);
  await expect(chat.said("Tool")).toHaveCount(0);
  const { body } = await world.waitFor({ operation: "socket.hitl_response" });
  expect(body).toMatchObject({ data: { kind: "decline", feedback: "Not today" } });
});

test("a question that was open at a reload is asked again", async ({ page, chat }) => {
  await page.reload();
  await expect(chat.status).toHaveText("Waiting for you");
  await chat.button("Accept").click();
  await expect(chat.said("Assistant")).toHaveText(["The e-mail is on its way."]);
  await expect(chat.said("You")).toHaveText(["Invite Ada"]);
});
