import { describe, expect, it } from "vitest";
import type { GauntletConfig } from "../config/index.ts";
import { checkedConfig } from "../testing/small-config.ts";
import { type Plan, planRun } from "./plan-run.ts";
import { renderPlan } from "./render-plan.ts";
import { parseShard } from "./shard.ts";

const shop: Partial<GauntletConfig> = {
  environment: { composeFiles: ["compose.yaml"], services: { core: {}, full: { profiles: ["extras"] } } },
  suites: {
    drill: { runner: "drill", databases: ["db"] },
    load: { runner: "k6", script: "load.k6.ts", after: ["crash"] },
    api: { runner: "vitest", files: ["api"], after: ["e2e"], minTests: 5 },
    crash: { runner: "chaos", crash: ["web"] },
    e2e: { runner: "playwright", config: "playwright.config.ts", timeoutMs: 12_400 },
    smoke: { runner: "smoke" },
  },
  gates: {
    rules: [
      { kind: "threshold", suite: "load", metric: "http_req_duration", stat: "p95", limit: "<500" },
      { kind: "presence", suite: "api", minTests: 5 },
      { kind: "tests" },
    ],
  },
  profiles: {
    pr: { budgetSeconds: 180, retries: 1 },
    quick: { suites: ["smoke"], services: "full", seed: 7 },
  },
};
const config = checkedConfig(shop);
const orderOf = (plan: Plan) => plan.suites.map((suite) => suite.name);

describe("planRun", () => {
  it("orders by phase, then as configured, each after those it names @req:A3", () => {
    expect(orderOf(planRun(config, { profile: "pr" }))).toEqual([
      "e2e",
      "api",
      "smoke",
      "crash",
      "load",
      "drill",
    ]);
  });

  it("gives the same bytes for the same configuration and flags, and changes neither @req:A3", () => {
    const before = structuredClone(config);
    const options = { profile: "pr", suites: ["api", "load"], shard: { index: 2, count: 3 }, seed: 9 };
    const plans = [1, 2].map(() => JSON.stringify(planRun(checkedConfig(shop), options)));
    expect(plans[1]).toBe(plans[0]);
    planRun(config, options);
    expect(structuredClone(config)).toEqual(before);
    expect(options.suites).toEqual(["api", "load"]);
  });

  it("takes what flags say before what the profile says", () => {
    expect(planRun(config, { profile: "quick" })).toMatchObject({
      profile: "quick",
      services: "full",
      seed: 7,
      budgetSeconds: null,
      shard: { index: 1, count: 1 },
    });
    const plan = planRun(config, { profile: "quick", services: "core", seed: 0, suites: ["api", "api"] });
    expect(plan).toMatchObject({ services: "core", seed: 0 });
    expect(orderOf(plan)).toEqual(["api"]);
    expect(orderOf(planRun(config, { profile: "quick", suites: [] }))).toEqual(["smoke"]);
  });

  it("keeps the rules of planned suites and those of all", () => {
    const kinds = (suites: string[]) =>
      planRun(config, { profile: "pr", suites }).rules.map((rule) => rule.kind);
    expect(kinds(["load"])).toEqual(["threshold", "tests"]);
    expect(kinds(["smoke"])).toEqual(["tests"]);
  });

  it("gives each suite its limits, retries and a shard in turn", () => {
    const { suites } = planRun(config, { profile: "pr", shard: { index: 1, count: 2 } });
    expect(suites.map((suite) => [suite.name, suite.shard])).toEqual([
      ["e2e", 1],
      ["api", 2],
      ["smoke", 1],
      ["crash", 2],
      ["load", 1],
      ["drill", 2],
    ]);
    expect(suites[1]).toMatchObject({ minTests: 5, retries: 1, timeoutMs: 180_000, runner: "vitest" });
  });

  it.each([
    [{ profile: "nope" }, "UNKNOWN_PROFILE", "profiles: pr, quick"],
    [
      { profile: "pr", suites: ["constructor"] },
      "UNKNOWN_SUITE",
      "suites: drill, load, api, crash, e2e, smoke",
    ],
    [{ profile: "pr", services: "toString" }, "UNKNOWN_SERVICES", "sets: core, full"],
  ])("refuses %j and says what there is", (options, code, hint) => {
    expect(() => planRun(config, options)).toThrow(expect.objectContaining({ code, hint, exitCode: 2 }));
  });

  it("names suites that wait for each other", () => {
    const circle = checkedConfig({
      suites: {
        a: { runner: "smoke", after: ["b"] },
        b: { runner: "smoke", after: ["a"] },
        c: { runner: "smoke" },
      },
    });
    expect(() => planRun(circle, { profile: "pr" })).toThrow(
      expect.objectContaining({ code: "SUITE_CYCLE", message: expect.stringContaining("circle: a, b") }),
    );
    expect(orderOf(planRun(circle, { profile: "pr", suites: ["b"] }))).toEqual(["b"]);
  });

  it("refuses a suite that would have to wait for one that runs alone at the end", () => {
    const late = checkedConfig({
      suites: {
        smoke: { runner: "smoke", after: ["chaos"] },
        chaos: { runner: "chaos", crash: ["web"] },
      },
    });
    expect(() => planRun(late, { profile: "pr" })).toThrow(expect.objectContaining({ code: "SUITE_ORDER" }));
  });
});

describe("renderPlan", () => {
  it("shows order, limits and how suites share the machine", () => {
    expect(renderPlan(planRun(config, { profile: "pr" }))).toMatchInlineSnapshot(`
      "shop: profile pr, services core, seed 42, budget 180 s
         1  e2e    playwright  <= 12 s   beside others
         2  api    vitest      <= 180 s  beside others
         3  smoke  smoke       <= 60 s   beside others
         4  crash  chaos       <= 240 s  alone, measured
         5  load   k6          <= 180 s  alone, measured
         6  drill  drill       <= 300 s  alone, in an environment of its own
        gate: tests and presence of each suite, and 3 rules of its own"
    `);
  });

  it("shows which shard runs what", () => {
    const plan = planRun(config, { profile: "quick", suites: ["smoke", "e2e"], shard: parseShard("2/2") });
    expect(renderPlan(plan)).toMatchInlineSnapshot(`
      "shop: profile quick, services full, seed 7
         1  smoke  smoke       <= 60 s   beside others, shard 1
         2  e2e    playwright  <= 12 s   beside others, shard 2 (this)
        gate: tests and presence of each suite, and 1 rule of its own"
    `);
  });
});

describe("--shard", () => {
  it("is i/n", () => {
    expect(parseShard("2/3")).toEqual({ index: 2, count: 3 });
  });

  it.each(["0/3", "4/3", "1", "1/", "a/b", "1/3/5", "-1/3", "1/0", ""])("refuses %j", (text) => {
    expect(() => parseShard(text)).toThrow(
      expect.objectContaining({ exitCode: 2, hint: expect.stringContaining("1/3") }),
    );
  });
});
