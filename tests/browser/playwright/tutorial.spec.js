import { expect, test } from "@playwright/test";

test("the page of the tutorial shows what the agent answers", async ({ page }) => {
  const emulator = process.env.ATTHENE_EMULATOR_URL; // where the tutorial has the usual port
  await page.route("http://localhost:8484/**", (route) =>
    route.continue({ url: route.request().url().replace("http://localhost:8484", emulator) }));
  await page.goto("/");
  await page.getByLabel("Message").fill("Hello");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log")).toContainText("Agent: Hello! How can I help you today?");
});
