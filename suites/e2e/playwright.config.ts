import { defineConfig, devices } from "@playwright/test";
import { browserLaunch, connect } from "#suite";

export default defineConfig({
  testDir: ".",
  fullyParallel: true,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  use: {
    baseURL: connect().url("edge"),
    launchOptions: browserLaunch(),
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [{ name: "chromium", use: { ...devices["Desktop Chrome"] } }],
});
