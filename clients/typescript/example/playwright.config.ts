import { defineConfig } from "@playwright/test";

const port = process.env.PORT ?? "4173";

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: `http://localhost:${port}`,
    launchOptions: {
      ...(process.env.CHROMIUM && { executablePath: process.env.CHROMIUM }), // otherwise the one that Playwright has installed
      args: ["--no-sandbox"],
    },
  },
  webServer: { command: `npx vite preview --port ${port} --strictPort`, port: Number(port) },
});
