import { defineConfig } from "vitest/config";

/** Suites run against one shared system: files in turn, so that a suite's own load stays light and its order stable. */
export default defineConfig({
  test: {
    include: JSON.parse(process.env["GAUNTLET_SUITE_FILES"] ?? '["**/*.test.ts"]'),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    isolate: false,
    passWithNoTests: false,
  },
});
