import { describe, expect, it } from "vitest";
import { problemsOf } from "#core/documents";
import { checkedConfig, smallConfig } from "../testing/small-config.ts";
import { configSchema, defineConfig } from "./schema.ts";

function problemsIn(config: unknown): string[] {
  const checked = configSchema.safeParse(config);
  return checked.success
    ? []
    : problemsOf(checked.error, config).map(({ path, message }) => `${path}: ${message}`);
}

const withSuite = (suite: unknown) => problemsIn({ ...smallConfig, suites: { one: suite } });

describe("the configuration's schema @req:A7", () => {
  it("is silent about a valid one and fills in defaults", () => {
    const config = checkedConfig();
    expect(config.environment).toMatchObject({
      services: { core: { profiles: [] } },
      variables: {},
      secrets: {},
      startTimeoutMs: 180_000,
    });
    expect(config.suites["smoke"]).toEqual({ runner: "smoke", minTests: 1, after: [], timeoutMs: 60_000 });
    expect(config.gates).toEqual({ rules: [] });
  });

  it("names every problem at once: where, what was expected, what was found", () => {
    const found = problemsIn({
      project: "My Shop",
      environment: { composeFiles: [], startTimeoutMs: "soon" },
      suites: { smoke: { runner: "smoke", timeoutMs: -1 } },
      profiles: { pr: { retries: 9 } },
    });
    expect(found).toEqual([
      "project: lower case letters, digits and dashes, starting with a letter",
      "environment.composeFiles: Too small: expected array to have >=1 items",
      'environment.startTimeoutMs: expected number, received string, found "soon"',
      "suites.smoke.timeoutMs: Too small: expected number to be >0",
      "profiles.pr.retries: Too big: expected number to be <=3",
    ]);
  });

  it("refuses unknown keys wherever they stand", () => {
    expect(
      problemsIn({
        ...smallConfig,
        colour: "red",
        environment: { ...smallConfig.environment, compose: "x" },
        suites: { smoke: { runner: "smoke", timeout: 3 } },
        profiles: { pr: { suite: ["smoke"] } },
      }),
    ).toEqual([
      "environment.compose: unknown key",
      "suites.smoke.timeout: unknown key",
      "profiles.pr.suite: unknown key",
      "colour: unknown key",
    ]);
  });

  it("names the runners there are when one is unknown", () => {
    const [problem] = withSuite({ runner: "jest" });
    for (const name of ["playwright", "vitest", "k6", "smoke", "chaos", "drill"])
      expect(problem).toContain(name);
  });

  it.each([
    ["k6", { script: "a.ts", urls: [{ service: "web" }] }, "needs either script or urls"],
    ["k6", {}, "needs either script or urls"],
    ["chaos", {}, "needs either scenario or crash"],
    ["chaos", { scenario: "a.yaml", crash: ["web"] }, "needs either scenario or crash"],
    ["drill", {}, "needs either policy or databases"],
    ["drill", { policy: "a.yaml", databases: ["db"] }, "needs either policy or databases"],
  ])("wants one way or the other of %s, not %j", (runner, rest, message) => {
    expect(withSuite({ runner, ...rest })).toEqual([`suites.one: ${message}`]);
  });

  it.each([
    ["k6", { urls: [{ service: "web" }] }],
    ["k6", { script: "a.k6.ts" }],
    ["chaos", { crash: ["web"] }],
    ["drill", { databases: ["db"] }],
    ["playwright", { config: "playwright.config.ts" }],
    ["vitest", { files: ["a.test.ts"] }],
  ])("takes %s with %j", (runner, rest) => {
    expect(withSuite({ runner, ...rest })).toEqual([]);
  });

  it("refuses names and secrets it could not pass on", () => {
    const found = problemsIn({
      ...smallConfig,
      environment: {
        ...smallConfig.environment,
        secrets: { "a/b": { env: "A" }, plain: "hunter2", made: { generate: "guess" } },
      },
      suites: { "Big Suite": { runner: "smoke" } },
    });
    expect(found.map((problem) => problem.split(":")[0])).toEqual([
      "environment.secrets.a/b",
      "environment.secrets.plain",
      "environment.secrets.made",
      "suites.Big Suite",
    ]);
  });

  it("knows only the names that were written", () => {
    const config = checkedConfig();
    expect(config.suites["constructor"]).toBeUndefined();
    expect(config.profiles["constructor"]).toBeUndefined();
    expect(config.environment.services["constructor"]).toBeUndefined();
  });

  it("hands a typed configuration on as it is", () => {
    expect(defineConfig(smallConfig)).toBe(smallConfig);
  });
});
