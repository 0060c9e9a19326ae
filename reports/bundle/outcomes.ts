import type { BundleCounts, MetricRecord, TestRecord, TestStatus } from "./records.ts";

/** What a test came to over all its attempts. */
export interface TestOutcome {
  id: string;
  status: TestStatus;
  /** Passed, but not at the first attempt. */
  isFlaky: boolean;
  /** The record that decided. */
  record: TestRecord;
  attempts: readonly TestRecord[];
}

const gravity: readonly TestStatus[] = ["skipped", "passed", "failed", "broken"];

/**
 * One outcome per test id, ordered by id. The last attempt decides; where two shards hold the same attempt of the
 * same test, the worse of them does.
 */
export function outcomesOf(tests: readonly TestRecord[]): TestOutcome[] {
  const byId = Map.groupBy(tests, (test) => test.id);
  return [...byId]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, attempts]) => {
      const ordered = attempts.toSorted(
        (a, b) => a.attempt - b.attempt || gravity.indexOf(a.status) - gravity.indexOf(b.status),
      );
      const record = ordered.at(-1) as TestRecord;
      const isFlaky =
        record.status === "passed" &&
        ordered.some(({ status }) => status === "failed" || status === "broken");
      return { id, status: record.status, isFlaky, record, attempts: ordered };
    });
}

export function countsOf(tests: readonly TestRecord[], metrics: readonly MetricRecord[]): BundleCounts {
  const outcomes = outcomesOf(tests);
  const having = (status: TestStatus) => outcomes.filter((outcome) => outcome.status === status).length;
  return {
    tests: outcomes.length,
    passed: having("passed"),
    failed: having("failed"),
    broken: having("broken"),
    skipped: having("skipped"),
    flaky: outcomes.filter((outcome) => outcome.isFlaky).length,
    attempts: tests.length,
    metrics: metrics.length,
  };
}
