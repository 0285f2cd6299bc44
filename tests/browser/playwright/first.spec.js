// first.spec.js
import { expect, test } from "atthene-emulator/playwright";

test("what the agent answers is shown", async ({ page, world }) => {
  await world.script("It rains.", { content: { contains: "weather" } });
  await page.goto("/");
  await page.getByRole("textbox").fill("How is the weather?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log")).toContainText("It rains.");
});
