import { defineConfig } from "#pipeline";

/** gauntlet on its own system under test, ObservaStack. */
export default defineConfig({
  project: "observastack",
  environment: {
    composeFiles: ["docker-compose.test.yml"],
    services: { core: { profiles: [] } },
    secrets: {
      postgres_password: { generate: "password" },
      app_password: { generate: "password" },
      redis_password: { generate: "password" },
      s3_access_key: { generate: "password" },
      s3_secret_key: { generate: "password" },
      users_password: { generate: "password" },
      jwt_private_key: { generate: "rsa-key" },
      backup_key: { generate: "aes-key" },
    },
  },
  seed: {
    tenants: ["acme", "globex"],
    minutes: 30,
    requestsPerMinute: 20,
    people: { service: "api", path: "/api/test/seed", keySecret: "users_password" },
    logs: {
      service: "edge",
      path: "/api/logs",
      login: { path: "/api/auth/login", passwordSecret: "users_password" },
    },
    metrics: { service: "prometheus", path: "/api/v1/write" },
    traces: "file",
  },
  suites: {
    e2e: { runner: "playwright", config: "suites/e2e/playwright.config.ts" },
    api: { runner: "vitest", files: ["suites/api/**/*.api.test.ts"] },
    contract: { runner: "vitest", files: ["suites/contract/**/*.pact.test.ts"] },
    security: { runner: "vitest", files: ["suites/security/**/*.test.ts"] },
    database: { runner: "vitest", files: ["suites/database/**/*.test.ts"] },
    integration: { runner: "vitest", files: ["suites/integration/**/*.test.ts"] },
    load: { runner: "k6", script: "suites/load/search-journey.k6.ts" },
    chaos: { runner: "chaos", scenario: "suites/chaos/api-crash.yaml" },
    drill: {
      runner: "drill",
      policy: "suites/drill/data-stores.yaml",
      prepare: ["suites/drill/prepare.test.ts"],
      smoke: ["suites/drill/restored.test.ts"],
    },
  },
  gates: {
    rules: [
      {
        kind: "threshold",
        name: "search stays fast under load",
        suite: "load",
        metric: "http_req_duration",
        stat: "p95",
        limit: "<1200",
        minSamples: 20,
      },
      {
        kind: "threshold",
        name: "the api is back soon after a crash",
        suite: "chaos",
        metric: "chaos_recovery",
        stat: "max",
        limit: "<15000",
      },
    ],
  },
  profiles: {
    pr: { budgetSeconds: 180, seed: 42 },
    nightly: { extends: "pr", budgetSeconds: 1800 },
    soak: { suites: ["load"], budgetSeconds: 21_600 },
  },
});
