// world.js
import { test as base } from "atthene-emulator/playwright";

export { expect } from "atthene-emulator/playwright";

export const test = base.extend({
  connectApp: async ({}, use) => {
    await use((pages, { baseUrl, apiKey }) =>
      pages.addInitScript((chat) => { window.CHAT = chat; }, { baseUrl, apiKey })); // however your app is told
  },
});
