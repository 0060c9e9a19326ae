import { countsOf } from "../bundle/outcomes.ts";
import type { Bundle } from "../bundle/read-bundle.ts";
import { bundleVersion, type MetricRecord, type TestRecord } from "../bundle/records.ts";
import { testErrorOf } from "../bundle/test-error.ts";
import { requirementsOf, testId } from "../bundle/test-identity.ts";
import type { RuleResult, VerdictDocument } from "../verdict/verdict-document.ts";
import type { RunReport } from "./run-report.ts";

/** A run in which everything that can happen has happened; for tests of writers. */
export function exampleRun(): RunReport {
  const tests = [
    exampleTest("api", "login", "works @req:G3"),
    exampleTest("api", "login", 'refuses <b>"wrong"</b> & `odd` passwords', {
      status: "failed",
      error: testErrorOf(
        "AssertionError: expected 200 to equal 401\n\n- 401\n+ 200",
        "AssertionError: expected 200 to equal 401\n    at suites/api/login.api.test.ts:12:7",
      ),
    }),
    exampleTest("api", "search", "answers", {
      status: "broken",
      error: testErrorOf("TypeError: fetch failed \u001b[31mECONNREFUSED\u001b[0m\u0000 @octocat"),
    }),
    exampleTest("api", "search", "later", { status: "skipped" }),
    exampleTest("api", "search", "now and then", { status: "failed", error: testErrorOf("Error: too slow") }),
    exampleTest("api", "search", "now and then", { attempt: 2 }),
  ];
  const bundles = [
    exampleBundle("api", "vitest", tests),
    exampleBundle("load", "k6", [exampleTest("load", "thresholds", "search p(95)<250")]),
    { ...exampleBundle("chaos", "builtin", []), status: "crashed" as const, reason: "signal 9" },
  ];
  return { verdict: exampleVerdict(bundles), bundles, run: exampleFacts };
}

/** The same run, had all gone well. */
export function exampleGoodRun(): RunReport {
  const bundles = [exampleBundle("api", "vitest", [exampleTest("api", "login", "works @req:G3")])];
  const rules = [exampleRule({ rule: "tests", suite: "api", samples: 1, sentence: "1 test passed" })];
  const suites = exampleVerdict(bundles)
    .suites.slice(0, 1)
    .map((suite) => ({ ...suite, verdict: "PASS" as const }));
  return {
    verdict: { version: 1, kind: "Verdict", verdict: "PASS", suites, rules },
    bundles,
    run: exampleFacts,
  };
}

const exampleFacts = {
  id: "20260101-000000-abcd",
  project: "observastack",
  profile: "pr",
  startedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 123_456,
  command: "gauntlet run pr --seed 7",
};

export function exampleTest(
  suite: string,
  group: string,
  name: string,
  more: Partial<TestRecord> = {},
): TestRecord {
  const file = `suites/${suite}/${group}.api.test.ts`;
  const title = [group, name];
  return {
    v: bundleVersion,
    id: testId({ suite, file, title }),
    suite,
    file,
    title,
    requirements: requirementsOf(title),
    attempt: 1,
    status: "passed",
    startedAt: "2026-01-01T00:00:01.000Z",
    durationMs: 250,
    attachments: [],
    ...more,
  };
}

export function exampleBundle(
  suite: string,
  runner: string,
  tests: readonly TestRecord[],
  metrics: readonly MetricRecord[] = [],
): Bundle {
  return {
    folder: `/nowhere/${suite}`,
    suite,
    runner,
    status: "complete",
    tests,
    metrics,
    manifest: {
      v: bundleVersion,
      suite,
      runner,
      status: "complete",
      startedAt: "2026-01-01T00:00:00.000Z",
      durationMs: 1000,
      counts: countsOf(tests, metrics),
      files: [],
      command: `gauntlet run pr --suite ${suite} --seed 7`,
    },
  };
}

export function exampleRule(more: Partial<RuleResult>): RuleResult {
  return {
    rule: "rule",
    suite: "api",
    verdict: "PASS",
    blocking: true,
    observed: null,
    limit: null,
    samples: 0,
    method: "",
    baseline: null,
    sentence: "fine",
    ...more,
  };
}

function exampleVerdict(bundles: readonly Bundle[]): VerdictDocument {
  const found = { api: "FAIL", load: "WARN", chaos: "ERROR" } as const;
  return {
    version: 1,
    kind: "Verdict",
    verdict: "FAIL",
    suites: bundles.map(({ suite, runner, status, tests }) => {
      const { attempts: _attempts, metrics: _metrics, ...counts } = countsOf(tests, []);
      return { suite, verdict: found[suite as keyof typeof found], status, runner, isPlanned: true, counts };
    }),
    rules: [
      exampleRule({
        rule: "cleanup-failed",
        suite: null,
        verdict: "INCONCLUSIVE",
        sentence: "could not remove volume gauntlet-k3f9x2_data",
      }),
      exampleRule({ rule: "presence", observed: 4, limit: ">=1", samples: 4, sentence: "4 tests executed" }),
      exampleRule({
        rule: "tests",
        verdict: "FAIL",
        observed: 2,
        limit: "=0",
        samples: 4,
        method: "last attempt of each test",
        sentence: "2 of 4 tests failed: login > refuses; search > answers",
      }),
      exampleRule({
        rule: "search p95 <250",
        suite: "load",
        verdict: "WARN",
        blocking: false,
        observed: 272,
        limit: "<250",
        samples: 412,
        sentence:
          "p95 of search is 272 ms, required is < 250 ms; 412 samples (FAIL, but the rule does not block)",
      }),
      exampleRule({
        rule: "presence",
        suite: "chaos",
        verdict: "ERROR",
        sentence: "the runner crashed: signal 9",
      }),
    ],
  };
}
