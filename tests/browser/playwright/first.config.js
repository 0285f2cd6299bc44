// playwright.config.js
import { defineConfig } from "@playwright/test";

const baseURL = process.env.PAGE_URL ?? "http://localhost:5173"; // of your app

export default defineConfig({
  use: {
    baseURL,
    launchOptions: { executablePath: process.env.CHROMIUM }, // such as /usr/bin/chromium; unset, the one that Playwright installs
  },
  webServer: { command: "npm run dev", url: baseURL, reuseExistingServer: true },
});
