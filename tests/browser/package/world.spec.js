import { expect, test } from "atthene-emulator/playwright";

test.use({ worldOptions: { seed: "default" } });

for (const number of [1, 2, 3, 4]) {
  test(`page ${number} is told of the world of its test`, async ({ context, page, world }) => {
    await world.script(`I am ${number}.`);
    await page.goto("about:blank");
    const { apiKey, baseUrl, socketUrl } = world;
    expect(await page.evaluate(() => window.ATTHENE)).toEqual({ apiKey, baseUrl, socketUrl });
    const [popup] = await Promise.all([context.waitForEvent("page"), page.evaluate(() => { window.open("about:blank"); })]);
    expect(await popup.evaluate(() => window.ATTHENE.apiKey)).toBe(apiKey);
    expect((await world.scripts()).filter((one) => one.from === "added")).toHaveLength(1);
  });
}

test("what fails is told with its conversation", async ({ request, world }) => {
  const url = `${world.baseUrl}/runtime/session_abc123/execute/`;
  await request.post(url, { headers: world.headers, data: { content: "Hello" } });
  expect(41).toBe(42);
});

test.describe("told otherwise", () => {
  test.use({ connectApp: async ({}, use) => use((pages, { name }) => pages.addInitScript((told) => { window.CHAT = told; }, name)) });

  test("a page has what its app reads", async ({ page, world }) => {
    await page.goto("about:blank");
    expect(await page.evaluate(() => [window.CHAT, window.ATTHENE])).toEqual([world.name, undefined]);
  });
});
