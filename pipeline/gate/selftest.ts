import { appendFile, mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdict } from "#core/verdict";
import { readBundle } from "#reports";
import { evaluate } from "./evaluate.ts";
import { type BundleFixture, writeFixture } from "./fixtures.ts";
import type { Baseline, GateCondition } from "./gate-plan.ts";
import { type GateRuleInput, gateRuleSchema } from "./rules.ts";

export interface SelftestCase {
  name: string;
  expected: Verdict;
  got: Verdict;
  isRight: boolean;
}

export interface SelftestReport {
  cases: readonly SelftestCase[];
  /** Every case came out as expected. */
  isSound: boolean;
}

/**
 * Plants defects in real bundles and judges them with the real gate: every kind of rule must block, whatever is empty, missing,
 * torn or skipped must not pass, and clean evidence must. A gate never seen to block is decoration. Removes what it wrote.
 */
export async function selftestGate(): Promise<SelftestReport> {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-selftest-"));
  try {
    const cases: SelftestCase[] = [];
    for (const [index, planted] of plantedCases.entries()) {
      const got = await judge(join(folder, `${index}`), planted);
      const { name, expected } = planted;
      cases.push({ name, expected, got, isRight: got === expected });
    }
    return { cases, isSound: cases.every(({ isRight }) => isRight) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Planted {
  name: string;
  expected: Verdict;
  /** Undefined: no bundle at all. */
  bundle?: Omit<BundleFixture, "suite">;
  rules?: readonly GateRuleInput[];
  /** What happens to the bundle after it was written. */
  spoil?: (folder: string) => Promise<void>;
  conditions?: readonly GateCondition[];
  baselines?: readonly Baseline[];
}

async function judge(folder: string, planted: Planted): Promise<Verdict> {
  if (planted.bundle !== undefined) await writeFixture(folder, { suite, ...planted.bundle });
  await planted.spoil?.(folder);
  const bundles = planted.bundle === undefined ? [] : [await readBundle(folder)];
  const rules = (planted.rules ?? []).map((rule) => gateRuleSchema.parse(rule));
  return evaluate({
    plan: { suites: [{ name: suite, runner: "vitest" }], rules },
    bundles,
    conditions: planted.conditions ?? [],
    baselines: planted.baselines ?? [],
  }).verdict;
}

const suite = "selftest";
const passing = [{ title: ["one"] }, { title: ["two"] }];
const latency = {
  name: "latency",
  unit: "ms",
  labels: {},
  kind: "distribution" as const,
  samples: [10, 20, 30, 40, 400],
};
const clean = { tests: passing, metrics: [latency] };
const threshold = { kind: "threshold", suite, metric: "latency", stat: "p95" } as const;
const baseline = { suite, metric: "latency", stat: "p95", labels: {}, value: 200, samples: 50 };

const plantedCases: readonly Planted[] = [
  {
    name: "clean evidence, every kind of rule",
    expected: "PASS",
    bundle: clean,
    rules: [
      { ...threshold, limit: "<500" },
      { ...threshold, limit: "<=+100%" },
      { kind: "tests", suite },
      { kind: "presence", suite, minTests: 2, metric: "latency", minSamples: 5 },
    ],
    baselines: [baseline],
  },
  {
    name: "threshold: limit crossed",
    expected: "FAIL",
    bundle: clean,
    rules: [{ ...threshold, limit: "<250" }],
  },
  {
    name: "threshold: worse than its baseline",
    expected: "FAIL",
    bundle: clean,
    rules: [{ ...threshold, limit: "<=+10%" }],
    baselines: [baseline],
  },
  {
    name: "threshold: no baseline",
    expected: "INCONCLUSIVE",
    bundle: clean,
    rules: [{ ...threshold, limit: "<=+10%" }],
  },
  {
    name: "threshold: metric missing",
    expected: "INCONCLUSIVE",
    bundle: { tests: passing },
    rules: [{ ...threshold, limit: "<500" }],
  },
  {
    name: "threshold: zero samples",
    expected: "INCONCLUSIVE",
    bundle: { tests: passing, metrics: [{ ...latency, samples: [] }] },
    rules: [
      { ...threshold, stat: "rate", metric: "errors", limit: "<0.01" },
      { ...threshold, limit: "<500" },
    ],
  },
  {
    name: "threshold: too few samples",
    expected: "INCONCLUSIVE",
    bundle: clean,
    rules: [{ ...threshold, limit: "<500", minSamples: 100 }],
  },
  {
    name: "threshold: senseless statistic",
    expected: "ERROR",
    bundle: clean,
    rules: [{ ...threshold, stat: "rate", limit: "<1" }],
  },
  {
    name: "threshold: crossed, but not blocking",
    expected: "WARN",
    bundle: clean,
    rules: [{ ...threshold, limit: "<250", blocking: false }],
  },
  {
    name: "tests: one failed",
    expected: "FAIL",
    bundle: { tests: [...passing, { title: ["three"], status: "failed" }] },
  },
  {
    name: "tests: one broke",
    expected: "FAIL",
    bundle: { tests: [...passing, { title: ["three"], status: "broken" }] },
    rules: [{ kind: "tests" }],
  },
  {
    name: "tests: passed on retry",
    expected: "WARN",
    bundle: {
      tests: [
        { title: ["one"], status: "failed" },
        { title: ["one"], attempt: 2 },
      ],
    },
  },
  {
    name: "presence: too few tests",
    expected: "INCONCLUSIVE",
    bundle: clean,
    rules: [{ kind: "presence", suite, minTests: 3 }],
  },
  {
    name: "presence: too few samples",
    expected: "INCONCLUSIVE",
    bundle: clean,
    rules: [{ kind: "presence", suite, metric: "latency", minSamples: 6 }],
  },
  { name: "suite missing", expected: "INCONCLUSIVE" },
  { name: "bundle empty", expected: "INCONCLUSIVE", bundle: {} },
  {
    name: "all tests skipped",
    expected: "INCONCLUSIVE",
    bundle: { tests: [{ title: ["one"], status: "skipped" }] },
  },
  { name: "shard missing", expected: "INCONCLUSIVE", bundle: { ...clean, shard: { index: 1, total: 2 } } },
  { name: "runner crashed", expected: "ERROR", bundle: { ...clean, status: "crashed", reason: "signal 9" } },
  {
    name: "suite timed out",
    expected: "ERROR",
    bundle: { ...clean, status: "timed-out", reason: "after 60 s" },
  },
  {
    name: "suite called off",
    expected: "INCONCLUSIVE",
    bundle: { ...clean, status: "cancelled", reason: "SIGINT" },
  },
  {
    name: "writer died before the manifest",
    expected: "ERROR",
    bundle: clean,
    spoil: (folder) => rm(join(folder, "manifest.json")),
  },
  {
    name: "results torn in the middle of a line",
    expected: "ERROR",
    bundle: clean,
    spoil: (folder) => truncate(join(folder, "tests.jsonl"), 60),
  },
  {
    name: "results emptied",
    expected: "ERROR",
    bundle: { tests: [{ title: ["one"], status: "failed" }] },
    spoil: (folder) => truncate(join(folder, "tests.jsonl")),
  },
  {
    name: "metrics altered afterwards",
    expected: "ERROR",
    bundle: clean,
    spoil: (folder) => appendFile(join(folder, "metrics.jsonl"), "\n"),
  },
  {
    name: "bundle folder gone",
    expected: "ERROR",
    bundle: clean,
    spoil: (folder) => rm(folder, { recursive: true }),
  },
  ...(
    [
      ["stage-failed", "ERROR"],
      ["cleanup-failed", "INCONCLUSIVE"],
      ["drift", "INCONCLUSIVE"],
      ["interrupted", "INCONCLUSIVE"],
    ] as const
  ).map(
    ([kind, expected]): Planted => ({
      name: `condition: ${kind}`,
      expected,
      bundle: clean,
      conditions: [{ kind, sentence: "planted" }],
    }),
  ),
];
