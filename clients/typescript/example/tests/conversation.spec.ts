import { expect, SESSION, test } from "./page";

const STORY = "It was a dark and stormy night.";

test("an agent is chosen, and the conversation has an address", async ({ page, chat }) => {
  await page.goto("/");
  await chat.button("Research Assistant").click();
  await expect(chat.status).toHaveText("Ready");
  await expect(page).toHaveURL(/\?session=[0-9a-f-]{36}$/);
  await chat.button("New conversation").click();
  await expect(chat.button("Customer Support Agent")).toBeVisible();
});

test("an answer streams in piece by piece", async ({ chat, world }) => {
  await world.script(STORY, { stream: { gate: "half", after: 3 } });
  await chat.open();
  await chat.say("Tell me a story");
  await expect(chat.said("Assistant").last()).toHaveText("It was a");
  await expect(chat.status).toHaveText("Answering …");
  await expect(chat.button("Send")).toBeDisabled();
  await world.gate("half").open();
  await expect(chat.said("Assistant").last()).toHaveText(STORY);
  await expect(chat.status).toHaveText("Ready");
});

test("a reload loses nothing, even amid an answer", async ({ page, chat, world }) => {
  await world.script(STORY, { stream: { gate: "half", after: 3 } });
  await chat.open();
  await chat.say("Tell me a story");
  await expect(chat.said("Assistant").last()).toHaveText("It was a");
  await page.reload();
  await expect(chat.said("Assistant").last()).toHaveText("It was a");
  await world.gate("half").open();
  await expect(chat.status).toHaveText("Ready");
  for (const _ of ["as it was streamed", "as it is read again"]) {
    await expect(chat.said("You")).toHaveText(["Hello, I need help with my account.", "Tell me a story"]);
    await expect(chat.said("Assistant")).toHaveText(["Of course! What seems to be the trouble?", STORY]);
    await page.reload();
  }
});

test("an answer is stopped, and the next message is answered", async ({ chat, world }) => {
  await world.script([{ reply: STORY, stream: { gate: "half", after: 3 } }, { reply: "Here I am." }]);
  await chat.open();
  await chat.say("Tell me a story");
  await expect(chat.said("Assistant").last()).toHaveText("It was a");
  await chat.button("Stop").click();
  await expect(chat.said("Note")).toHaveText(["Stopped."]);
  await chat.say("Are you there?");
  await expect(chat.said("Assistant").last()).toHaveText("Here I am.");
});

test("a connection that is lost amid an answer loses and doubles nothing", async ({ chat, world }) => {
  await world.script(STORY);
  await world.fault({ operation: "socket.user_message", kind: "drop", after_events: 5, times: 1 });
  await chat.open();
  await chat.say("Tell me a story");
  await expect(chat.status).toHaveText("Ready");
  await expect(chat.said("Assistant").last()).toHaveText(STORY);
  await world.waitFor({ operation: "socket.reconnect" });
});

test("an image goes along", async ({ page, chat, world }) => {
  await world.script("A very small one.", { has_image: true });
  await chat.open();
  const buffer = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=", "base64");
  await page.getByLabel("Image").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer });
  await chat.say("What is this?");
  await expect(chat.said("Assistant").last()).toHaveText("A very small one.");
  const [asked] = (await world.messages(SESSION)).slice(-2);
  expect(asked?.content).toEqual([
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: expect.stringContaining("/media/uploaded_images/") } },
  ]);
});
