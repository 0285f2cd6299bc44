import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: `http://localhost:${process.env.EXAMPLE_PORT}`, // which the line below has found
    launchOptions: {
      ...(process.env.CHROMIUM && { executablePath: process.env.CHROMIUM }), // otherwise the one that Playwright has installed
      args: ["--no-sandbox"],
    },
  },
  webServer: {
    command: "npx vite preview --port 0", // any that is free
    wait: { stdout: /localhost:(\u001b\[1m)?(?<example_port>\d+)/ }, // on a terminal it is bold
  },
});
