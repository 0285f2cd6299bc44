import { defineConfig } from "@playwright/test";

export default defineConfig({
  testMatch: "*.spec.js",
  fullyParallel: true,
  workers: 2,
  use: { launchOptions: { executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] } },
});
