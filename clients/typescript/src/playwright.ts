// Playwright with a world for each test, to which the pages of the test are connected.
import { test as base, type BrowserContext, type Page, type TestInfo } from "@playwright/test";
import { conversation, requests } from "./conversation.js";
import type { Emulator, WorldOptions } from "./emulator.js";
import { START_MS, attachOrStart, worldOfTest } from "./own.js";
import type { StartOptions } from "./start.js";
import type { World } from "./world.js";

export { expect } from "@playwright/test";

/** Tells the app of a page, or of all pages of a context, which world it is in. */
export type ConnectApp = (pages: BrowserContext | Page, world: World) => Promise<unknown>;

/** What an init script sets by default as `window.ATTHENE`. */
export interface Connection {
  baseUrl: string;
  apiKey: string;
  socketUrl: string;
}

export interface WorldFixtures {
  /** What the world of a test is made of: `test.use({ worldOptions: { seed: "busy" } })`. */
  worldOptions: WorldOptions;
  /** How the app is told of the world; by default an init script sets `window.ATTHENE = { baseUrl, apiKey, socketUrl }`. */
  connectApp: ConnectApp;
  /** The world of the test, which is gone after it. */
  world: World;
}

export interface EmulatorFixtures {
  /** How an emulator is started where the environment names none. */
  startOptions: StartOptions;
  /** The emulator of the worker. */
  emulator: Emulator;
}

const setGlobal: ConnectApp = (pages, { baseUrl, apiKey, socketUrl }) =>
  pages.addInitScript(
    (connection: Connection) => Object.assign(globalThis, { ATTHENE: connection }),
    { baseUrl, apiKey, socketUrl },
  );

export const test = base.extend<WorldFixtures, EmulatorFixtures>({
  startOptions: [{}, { option: true, scope: "worker" }],
  worldOptions: [{}, { option: true }],
  connectApp: async ({}, use) => use(setGlobal),

  emulator: [
    async ({ startOptions }, use) => {
      const emulator = await attachOrStart(startOptions);
      await use(emulator);
      await emulator.close();
    },
    { scope: "worker", timeout: START_MS },
  ],

  world: async ({ emulator, worldOptions }, use, testInfo) => {
    const world = await worldOfTest(emulator, worldOptions);
    await use(world);
    try {
      if (testInfo.status !== testInfo.expectedStatus) await report(world, testInfo);
    } finally {
      await world.close();
    }
  },

  context: async ({ context, world, connectApp }, use) => {
    await connectApp(context, world);
    await use(context);
  },
});

/** What was said and asked, beside the error in the report. */
async function report(world: World, testInfo: TestInfo): Promise<void> {
  const journal = JSON.stringify(await requests(world), null, 2);
  await testInfo.attach("conversation.txt", { body: await conversation(world), contentType: "text/plain" });
  await testInfo.attach("journal.json", { body: journal, contentType: "application/json" });
}
