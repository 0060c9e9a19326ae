import { expect, it } from "vitest";
import { checkedConfig } from "../testing/small-config.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { crossCheck } from "./cross-check.ts";

it("is silent when every name and file is there @req:A7", async () => {
  await using folder = await temporaryFolder({
    "compose.yaml": "",
    "e2e.config.ts": "",
    "load.k6.ts": "",
    "crash.yaml": "",
    "policy.yaml": "",
  });
  const config = checkedConfig({
    suites: {
      e2e: { runner: "playwright", config: "e2e.config.ts" },
      load: { runner: "k6", script: "load.k6.ts", after: ["e2e"] },
      ramp: { runner: "k6", urls: [{ service: "web" }] },
      chaos: { runner: "chaos", scenario: "crash.yaml" },
      crash: { runner: "chaos", crash: ["web"] },
      drill: { runner: "drill", policy: "policy.yaml" },
      dump: { runner: "drill", databases: ["db"] },
    },
    profiles: { pr: { suites: ["e2e"], services: "core" }, nightly: { extends: "pr" } },
    gates: { rules: [{ kind: "presence", suite: "load", minTests: 1 }, { kind: "tests" }] },
  });
  expect(crossCheck(config, folder.path)).toEqual([]);
});

it("names each unknown name beside those there are, and each missing file", async () => {
  await using folder = await temporaryFolder();
  const config = checkedConfig({
    suites: {
      smoke: { runner: "smoke", after: ["smok", "smoke"] },
      e2e: { runner: "playwright", config: "e2e.config.ts" },
      load: { runner: "k6", script: "load.k6.ts" },
      chaos: { runner: "chaos", scenario: "crash.yaml" },
      drill: { runner: "drill", policy: "policy.yaml" },
    },
    profiles: {
      pr: { suites: ["smoke", "constructor"], services: "full", extends: "base" },
    },
    gates: { rules: [{ kind: "tests", suite: "api" }] },
  });
  const suites = "there is smoke, e2e, load, chaos, drill";
  expect(crossCheck(config, folder.path)).toEqual([
    { path: "profiles.pr.suites", message: `unknown suite "constructor"; ${suites}` },
    { path: "profiles.pr.services", message: 'unknown service set "full"; there is core' },
    { path: "profiles.pr.extends", message: 'unknown profile "base"; there is pr' },
    { path: "suites.smoke.after", message: `unknown suite "smok"; ${suites}` },
    { path: "suites.smoke.after", message: "a suite cannot come after itself" },
    { path: "gates.rules[0].suite", message: `unknown suite "api"; ${suites}` },
    { path: "environment.composeFiles[0]", message: "no such file: compose.yaml" },
    { path: "suites.e2e.config", message: "no such file: e2e.config.ts" },
    { path: "suites.load.script", message: "no such file: load.k6.ts" },
    { path: "suites.chaos.scenario", message: "no such file: crash.yaml" },
    { path: "suites.drill.policy", message: "no such file: policy.yaml" },
  ]);
});

it("finds profiles that extend each other in a circle", async () => {
  await using folder = await temporaryFolder({ "compose.yaml": "" });
  const config = checkedConfig({
    profiles: { a: { extends: "b" }, b: { extends: "a" }, c: { extends: "a" }, d: {} },
  });
  const problems = crossCheck(config, folder.path);
  expect(problems.map((problem) => problem.path)).toEqual([
    "profiles.a.extends",
    "profiles.b.extends",
    "profiles.c.extends",
  ]);
  expect(problems[0]?.message).toBe("extends itself in a circle");
});

it("says so when there is nothing to choose from", async () => {
  await using folder = await temporaryFolder({ "compose.yaml": "" });
  const config = checkedConfig({ suites: {}, profiles: { pr: { suites: ["api"] } } });
  expect(crossCheck(config, folder.path)).toEqual([
    { path: "profiles.pr.suites", message: 'unknown suite "api"; there is none' },
  ]);
});
