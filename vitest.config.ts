import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "{core,environments,generators,chaos,backups,operations,reports,pipeline,scripts,bench}/**/*.test.ts",
      ".github/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 20_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    coverage: {
      provider: "v8",
      reportOnFailure: true,
      include: ["{core,environments,generators,chaos,backups,operations,reports,pipeline}/**/*.ts"],
      exclude: [
        "**/*.test.ts",
        "**/index.ts",
        "environments/observastack/**",
        "pipeline/checks/*.k6.ts",
        "**/testing/**",
      ],
      reporter: ["text-summary", "json-summary"],
      reportsDirectory: ".gauntlet/coverage",
    },
  },
});
