import { defineConfig, devices } from "@playwright/test";
import { browserLaunch, connect } from "#suite";

export default defineConfig({
  testDir: ".",
  fullyParallel: true,
  workers: 2,
  // Generous, for two cores that may carry a second run; a healthy test takes two seconds.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  use: {
    baseURL: connect().url("edge"),
    launchOptions: browserLaunch(),
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [{ name: "chromium", use: { ...devices["Desktop Chrome"] } }],
});
