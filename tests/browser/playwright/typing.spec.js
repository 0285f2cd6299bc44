// typing.spec.js
import { expect, test } from "./world.js";

test("who waits for an answer sees that it is on its way", async ({ page, world }) => {
  await world.script("Done.", { gate: "thinking" });
  await page.goto("/");
  await page.getByRole("textbox").fill("Think hard");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status")).toContainText("typing");
  await world.gate("thinking").open();
  await expect(page.getByRole("log")).toContainText("Done.");
});
