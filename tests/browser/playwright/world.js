import { test as base } from "@playwright/test";
import { newWorld } from "./atthene.cjs";

export { expect } from "@playwright/test";

export const test = base.extend({
  world: [async ({}, use) => {
    const world = await newWorld();
    await use(world);
    await world.close();
  }, { scope: "worker" }],

  page: async ({ page, world }, use) => {
    await world.control("POST", "/reset");
    const { baseUrl, apiKey } = world;
    await page.addInitScript((chat) => { window.CHAT = chat; }, { baseUrl, apiKey }); // however your app is told
    await use(page);
  },
});
