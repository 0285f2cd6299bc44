/** What tests of the inspector have: a namespace of their own, and the page in it, which must neither complain nor break its policy. */

import { expect, test as base } from "@playwright/test";
import { attach } from "atthene-emulator";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export { expect };

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const EMULATOR = process.env.ATTHENE_EMULATOR_URL;

export const test = base.extend({
  /** What is expected to be complained of, as regular expressions; a test adds to it. */
  complaints: async ({}, use) => use([]),

  world: async ({ page, complaints }, use) => {
    const emulator = await attach();
    const world = await emulator.newWorld();
    const heard = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && heard.push(message.text()));
    page.on("pageerror", (error) => heard.push(String(error)));
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    await use({
      namespace: world.name,
      baseUrl: world.baseUrl,
      apiKey: world.apiKey,
      control: (...asked) => world.control(...asked),
      close: () => world.close(),
      url: EMULATOR,
      /** Opens the page at an address after `#`, in the test's namespace. */
      open: (hash) => page.goto(`${EMULATOR}/__emulator/${hash}${hash.includes("?") ? "&" : "?"}namespace=${world.name}`),
      /** A request to the imitated API: `{status, value}`. */
      call: (method, path, body, headers = {}) => called(world, method, path, body, headers),
      /** Asserts that axe-core finds nothing. */
      axe: () => axe(page),
    });
    expect(heard.filter((text) => !complaints.some((one) => one.test(text)))).toEqual([]);
    await world.close();
    await emulator.close();
  },
});

async function called(world, method, path, body, headers) {
  const answer = await fetch(world.baseUrl + path, {
    method,
    headers: { "x-api-key": world.apiKey, "content-type": "application/json", ...headers },
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, value: text ? JSON.parse(text) : null };
}

async function axe(page) {
  await page.evaluate(AXE); // by the debugger, which no policy of the page forbids
  const { violations } = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`)).toEqual([]);
}
