import { expect, it } from "vitest";
import { checkedConfig } from "../testing/small-config.ts";
import { resolveProfile } from "./profile.ts";

const config = checkedConfig({
  suites: { smoke: { runner: "smoke" }, again: { runner: "smoke" } },
  profiles: {
    pr: { seed: 7, budgetSeconds: 60, retries: 1, services: "core" },
    nightly: { extends: "pr", suites: ["again"], budgetSeconds: 600 },
    soak: { extends: "nightly", seed: 0, retries: 0 },
    bare: {},
  },
});

it("takes the nearest value of what a profile extends @req:A7", () => {
  expect(resolveProfile(config, "soak")).toEqual({
    name: "soak",
    suites: ["again"],
    services: "core",
    seed: 0,
    budgetSeconds: 600,
    retries: 0,
  });
  expect(resolveProfile(config, "nightly")).toMatchObject({ name: "nightly", seed: 7, retries: 1 });
});

it("runs every suite, without retries or budget, when nothing is said", () => {
  expect(resolveProfile(config, "bare")).toEqual({
    name: "bare",
    suites: ["smoke", "again"],
    services: "core",
    seed: 42,
    budgetSeconds: undefined,
    retries: 0,
  });
});

it.each(["prr", "constructor"])("names the profiles there are when %s is unknown", (name) => {
  expect(() => resolveProfile(config, name)).toThrow(
    expect.objectContaining({
      code: "UNKNOWN_PROFILE",
      exitCode: 2,
      hint: "profiles: pr, nightly, soak, bare",
    }),
  );
});
