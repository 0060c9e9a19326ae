import { cp, mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodeOf } from "#core/verdict";
import {
  canonicalJson,
  readBundle,
  testErrorOf,
  type VerdictDocument,
  verdictDocumentSchema,
} from "#reports";
import { type BundleFixture, writeFixture } from "./fixtures.ts";
import {
  evaluate,
  type GateCondition,
  type GatePlan,
  type GateRuleInput,
  gatePlanSchema,
  rulesOfSuites,
} from "./index.ts";

let root: string;
let bundleCount = 0;
beforeEach(async () => {
  bundleCount = 0;
  root = await mkdtemp(join(tmpdir(), "gauntlet-gate-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const passing = [{ title: ["a"] }, { title: ["b"] }];
const search = {
  name: "search",
  unit: "ms",
  labels: {},
  kind: "distribution" as const,
  samples: [100, 120, 140, 160, 300],
};

function planOf(rules: GateRuleInput[] = [], suites = ["api"]): GatePlan {
  return gatePlanSchema.parse({ suites: suites.map((name) => ({ name, runner: "vitest" })), rules });
}

async function bundlesOf(...fixtures: BundleFixture[]) {
  const folders = fixtures.map((fixture) => join(root, `${bundleCount++}-${fixture.suite}`));
  for (const [index, fixture] of fixtures.entries()) await writeFixture(folders[index] as string, fixture);
  return Promise.all(folders.map(readBundle));
}

function row(document: VerdictDocument, rule: string) {
  const found = document.rules.find((result) => result.rule === rule);
  return found && `${found.verdict} ${found.sentence}`;
}

async function judge(fixture: Partial<BundleFixture>, rules: GateRuleInput[] = []) {
  return evaluate({ plan: planOf(rules), bundles: await bundlesOf({ suite: "api", ...fixture }) });
}

describe("the gate's own rules @req:A5", () => {
  it("pass a complete suite whose tests passed", async () => {
    const document = await judge({ tests: passing });
    expect(document.verdict).toBe("PASS");
    expect(verdictDocumentSchema.parse(document)).toEqual(document);
    expect(row(document, "tests")).toBe("PASS 2 tests passed");
    expect(row(document, "presence")).toBe("PASS 2 tests executed");
  });

  it("fail on a failed and on a broken test, and name them", async () => {
    const document = await judge({
      tests: [
        ...["z", "y @req:A5", "x", "w"].map((name) => ({
          title: ["group", name],
          status: "failed" as const,
          error: testErrorOf("expected 1, got 2"),
        })),
        { title: ["v"], status: "broken" },
      ],
    });
    expect(document.verdict).toBe("FAIL");
    expect(row(document, "tests")).toBe(
      "FAIL 5 of 5 tests failed: group > w; group > x; group > y; and 2 more",
    );
    expect(row(await judge({ suite: "api", tests: [{ title: ["v"], status: "broken" }] }), "tests")).toBe(
      "FAIL 1 of 1 test broke: v",
    );
  });

  it("warn about a test that passed only on retry", async () => {
    const document = await judge({
      tests: [
        { title: ["a"], status: "failed" },
        { title: ["a"], attempt: 2 },
      ],
    });
    expect(document.verdict).toBe("WARN");
    expect(row(document, "tests")).toBe("WARN 1 of 1 test passed only on retry (flaky): a");
  });

  it("fail when the last attempt failed, whatever came before", async () => {
    const document = await judge({
      tests: [{ title: ["a"] }, { title: ["a"], attempt: 2, status: "failed" }],
    });
    expect(document.verdict).toBe("FAIL");
  });

  it.each<[string, Partial<BundleFixture>, string, string]>([
    ["no test", {}, "INCONCLUSIVE", "INCONCLUSIVE 0 tests executed, at least 1 needed"],
    [
      "only skipped tests",
      { tests: [{ title: ["a"], status: "skipped" }] },
      "INCONCLUSIVE",
      "INCONCLUSIVE 0 tests executed, at least 1 needed, all 1 were skipped",
    ],
    [
      "a crash",
      {
        tests: passing,
        status: "crashed",
        reason: "exit 137 in /home/me/project/run.ts at http://box:8080/x",
      },
      "ERROR",
      "ERROR the runner crashed: exit 137 in run.ts at <url>",
    ],
    [
      "a time-out",
      { tests: passing, status: "timed-out", reason: "after 60 s" },
      "ERROR",
      "ERROR the suite ran out of time: after 60 s",
    ],
    [
      "a call-off",
      { tests: passing, status: "cancelled", reason: "SIGINT" },
      "INCONCLUSIVE",
      "INCONCLUSIVE the suite was called off: SIGINT",
    ],
    [
      "a shard that never came",
      { tests: passing, shard: { index: 2, total: 3 } },
      "INCONCLUSIVE",
      "INCONCLUSIVE not every shard is here, missing 1/3, 3/3",
    ],
  ])("never pass %s", async (_name, fixture, verdict, presence) => {
    const document = await judge(fixture);
    expect(document.verdict).toBe(verdict);
    expect(row(document, "presence")).toBe(presence);
  });

  it("never pass a missing suite, a torn bundle or an empty plan", async () => {
    const bundles = await bundlesOf({ suite: "api", tests: passing });
    const missing = evaluate({ plan: planOf([], ["api", "e2e"]), bundles });
    expect(missing.verdict).toBe("INCONCLUSIVE");
    expect(missing.suites[1]).toMatchObject({ suite: "e2e", status: "missing", runner: "vitest" });
    await truncate(join(root, "0-api", "tests.jsonl"), 50);
    const torn = evaluate({ plan: planOf(), bundles: [await readBundle(join(root, "0-api"))] });
    expect(torn.verdict).toBe("ERROR");
    expect(row(torn, "presence")).toMatch(/^ERROR the bundle cannot be trusted: tests.jsonl is torn/);
    expect(evaluate({ plan: planOf([], []), bundles: [] }).verdict).toBe("INCONCLUSIVE");
  });

  it("ask for as many tests as the plan says", async () => {
    const plan = { suites: [{ name: "api", runner: "vitest", minTests: 3 }], rules: [] };
    const document = evaluate({ plan, bundles: await bundlesOf({ suite: "api", tests: passing }) });
    expect(row(document, "presence")).toBe("INCONCLUSIVE 2 tests executed, at least 3 needed");
  });

  it("warn about a suite nobody planned, and fail when it failed", async () => {
    const bundles = await bundlesOf(
      { suite: "api", tests: passing },
      { suite: "extra", tests: passing },
      { suite: "worse", tests: [{ title: ["a"], status: "failed" }] },
    );
    const document = evaluate({ plan: planOf(), bundles });
    expect(document.suites.map(({ suite, verdict, isPlanned }) => [suite, verdict, isPlanned])).toEqual([
      ["api", "PASS", true],
      ["extra", "WARN", false],
      ["worse", "FAIL", false],
    ]);
  });

  it.each<[GateCondition["kind"], string]>([
    ["stage-failed", "ERROR"],
    ["cleanup-failed", "INCONCLUSIVE"],
    ["drift", "INCONCLUSIVE"],
    ["interrupted", "INCONCLUSIVE"],
  ])("take the run's own trouble into account: %s is %s", async (kind, verdict) => {
    const conditions = [
      { kind, sentence: "could not remove /var/lib/x/volume-1 on 127.0.0.1:2375" },
      { kind, sentence: "again" },
    ];
    const document = evaluate({
      plan: planOf(),
      bundles: await bundlesOf({ suite: "api", tests: passing }),
      conditions,
    });
    expect(document.verdict).toBe(verdict);
    expect(row(document, kind)).toBe(`${verdict} could not remove volume-1 on <address>`);
    expect(row(document, `${kind} (2)`)).toBe(`${verdict} again`);
  });
});

describe("written rules @req:A5", () => {
  const threshold = (more: Partial<GateRuleInput & { kind: "threshold" }> = {}): GateRuleInput => ({
    kind: "threshold",
    suite: "api",
    metric: "search",
    stat: "p95",
    limit: "<250",
    ...more,
  });

  it.each<[string, Partial<GateRuleInput & { kind: "threshold" }>, string]>([
    ["beyond its limit", {}, "FAIL p95 of search is 272 ms, required is < 250 ms; 5 samples"],
    ["within", { limit: "<= 272" }, "PASS p95 of search is 272 ms, as required <= 272 ms; 5 samples"],
    [
      "on too few samples",
      { limit: "<500", minSamples: 6 },
      "INCONCLUSIVE p95 of search is 272 ms, but that rests on 5 samples of the 6 needed",
    ],
    [
      "on an unknown metric",
      { metric: "other" },
      "INCONCLUSIVE p95 of other is unknown: it was not recorded",
    ],
    [
      "on a label nobody set",
      { labels: { tenant: "acme" } },
      'INCONCLUSIVE p95 of search{tenant="acme"} is unknown: it was not recorded',
    ],
    [
      "on a statistic without sense",
      { stat: "rate" },
      "ERROR rate of search is unknown: rate of a distribution means nothing",
    ],
    [
      "without a baseline",
      { limit: "<=+10%" },
      "INCONCLUSIVE p95 of search is 272 ms, but there is no baseline to compare it with",
    ],
    [
      "that does not block",
      { blocking: false },
      "WARN p95 of search is 272 ms, required is < 250 ms; 5 samples (FAIL, but the rule does not block)",
    ],
  ])("threshold %s", async (_name, rule, expected) => {
    const document = await judge({ tests: passing, metrics: [search] }, [
      threshold({ name: "rule", ...rule }),
    ]);
    expect(row(document, "rule")).toBe(expected);
    expect(document.verdict).toBe(expected.split(" ")[0]);
  });

  it("compare with a baseline of the same metric, statistic and labels", async () => {
    const bundles = await bundlesOf({ suite: "api", tests: passing, metrics: [search] });
    const sentence = (value: number, limit: string) =>
      evaluate({
        plan: planOf([threshold({ limit, name: "rule" })]),
        bundles,
        baselines: [
          { suite: "api", metric: "search", stat: "p50", labels: {}, value: 1, samples: 1 },
          { suite: "api", metric: "search", stat: "p95", labels: {}, value, samples: 9 },
        ],
      }).rules.at(-1);
    expect(sentence(250, "<=+10%")).toMatchObject({ verdict: "PASS", baseline: 250, observed: 272 });
    expect(sentence(200, "<=+10%")?.sentence).toBe(
      "p95 of search is 272 ms, required is <= 220 ms (baseline 200 ms +10%); 5 samples",
    );
    expect(sentence(300, ">=-5%")?.sentence).toBe(
      "p95 of search is 272 ms, required is >= 285 ms (baseline 300 ms -5%); 5 samples",
    );
  });

  it("presence wants samples of a metric", async () => {
    const rules: GateRuleInput[] = [
      { kind: "presence", suite: "api", metric: "search", minSamples: 5 },
      { kind: "presence", suite: "api", metric: "search", minSamples: 6, name: "six" },
      { kind: "presence", suite: "api", minTests: 3, name: "three" },
    ];
    const document = await judge({ tests: passing, metrics: [search] }, rules);
    expect(row(document, "presence of search")).toBe("PASS 5 samples of search");
    expect(row(document, "six")).toBe("INCONCLUSIVE 5 samples of search, at least 6 needed");
    expect(row(document, "three")).toBe("INCONCLUSIVE 2 tests executed, at least 3 needed");
  });

  it("a tests rule takes the place of the implicit one", async () => {
    const failing = { tests: [{ title: ["a"], status: "failed" as const }] };
    const document = await judge(failing, [{ kind: "tests", suite: "api", blocking: false, name: "soft" }]);
    expect(document.verdict).toBe("WARN");
    expect(document.rules.map(({ rule }) => rule)).toEqual(["presence", "soft"]);
    const all = await judge({ ...failing, suite: "other" }, [{ kind: "tests" }]);
    expect(all.rules.map(({ suite, rule, verdict }) => [suite, rule, verdict])).toEqual([
      ["api", "presence", "INCONCLUSIVE"],
      ["other", "presence", "WARN"],
      ["api", "tests", "INCONCLUSIVE"],
      ["other", "tests", "FAIL"],
    ]);
  });

  it("refuse unknown keys and limits that could mean two things", () => {
    const issues = (rule: object) =>
      gatePlanSchema.safeParse({ suites: [], rules: [rule] }).error?.issues.map(({ message }) => message);
    expect(issues({ ...threshold(), limit: "<10%" })?.[0]).toMatch(/expected an operator and a number/);
    expect(issues({ ...threshold(), limt: "<10" })?.[0]).toMatch(/limt/);
    expect(issues({ kind: "presence", suite: "api", minSamples: 3 })).toEqual([
      "minSamples needs the metric it counts",
    ]);
  });

  it("are picked for the suites that run", () => {
    const rules = planOf([threshold(), { kind: "tests" }, { kind: "tests", suite: "e2e" }]).rules;
    expect(rulesOfSuites(rules, ["e2e"])).toEqual(rules.slice(1));
  });
});

describe("the verdict document @req:A5", () => {
  it("is the same bytes for copies elsewhere, in any order, given twice", async () => {
    const shard = (index: number): BundleFixture => ({
      suite: "api",
      shard: { index, total: 3 },
      tests: [{ title: [`t${index}`] }],
      metrics: [{ ...search, samples: [index * 1.23456789, 7] }],
    });
    const bundles = await bundlesOf(shard(1), shard(2), shard(3), { suite: "e2e", tests: passing });
    const plan = planOf([{ kind: "threshold", suite: "api", metric: "search", stat: "mean", limit: "<5" }]);
    const text = canonicalJson(evaluate({ plan, bundles }));
    await cp(root, `${root}-moved`, { recursive: true });
    try {
      const folders = ["2-api", "3-e2e", "0-api", "1-api", "2-api"].map((name) =>
        join(`${root}-moved`, name),
      );
      const moved = await Promise.all(folders.map(readBundle));
      expect(canonicalJson(evaluate({ plan, bundles: moved }))).toBe(text);
    } finally {
      await rm(`${root}-moved`, { recursive: true });
    }
    expect(text).not.toContain(root);
    expect(text).toMatchSnapshot();
  });

  it("splits into shards and merges back to the verdict of the whole", async () => {
    const tests = Array.from({ length: 12 }, (_, n) => ({
      title: [`t${n}`],
      status: n % 5 === 4 ? ("skipped" as const) : ("passed" as const),
    }));
    const samples = tests.map((_, n) => n * n);
    const plan = planOf([{ kind: "threshold", suite: "api", metric: "search", stat: "p95", limit: "<120" }]);
    const whole = await bundlesOf({ suite: "api", tests, metrics: [{ ...search, samples }] });
    const expected = canonicalJson(evaluate({ plan, bundles: whole }));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 12, maxLength: 12 }),
        async (where) => {
          const folder = join(root, `round-${round++}`);
          const parts = [1, 2, 3].map(
            (index): BundleFixture => ({
              suite: "api",
              shard: { index, total: 3 },
              tests: tests.filter((_, n) => where[n] === index),
              metrics: [{ ...search, samples: samples.filter((_, n) => where[n] === index) }],
            }),
          );
          for (const [index, part] of parts.entries()) await writeFixture(join(folder, `${index}`), part);
          const bundles = await Promise.all([2, 0, 1].map((index) => readBundle(join(folder, `${index}`))));
          const merged = evaluate({ plan, bundles });
          expect(canonicalJson(merged)).toBe(expected);
        },
      ),
      { numRuns: 12 },
    );
  });

  it("maps to the exit codes of the table", async () => {
    expect(exitCodeOf((await judge({ tests: passing })).verdict)).toBe(0);
  });
});
