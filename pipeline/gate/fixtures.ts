import { type BundleStatus, type NewMetric, type NewTest, openBundle } from "#reports";

/** What a made-up suite leaves behind; for the self-test and for tests of the gate. */
export interface BundleFixture {
  suite: string;
  runner?: string;
  shard?: { index: number; total: number };
  tests?: readonly (Partial<NewTest> & { title: readonly string[] })[];
  metrics?: readonly NewMetric[];
  status?: BundleStatus;
  reason?: string;
}

const fixedTime = "2026-01-01T00:00:00.000Z";

/** Writes the fixture as a real bundle; the clock stands still, so equal fixtures give equal bytes. */
export async function writeFixture(folder: string, fixture: BundleFixture): Promise<void> {
  const clock = { now: () => Date.parse(fixedTime), sleep: async () => {} };
  await using writer = await openBundle(folder, {
    suite: fixture.suite,
    runner: fixture.runner ?? "vitest",
    clock,
    ...(fixture.shard === undefined ? {} : { shard: fixture.shard }),
  });
  for (const test of fixture.tests ?? []) {
    await writer.test({
      file: `${fixture.suite}.test.ts`,
      attempt: 1,
      status: "passed",
      startedAt: fixedTime,
      durationMs: 5,
      ...test,
    });
  }
  for (const metric of fixture.metrics ?? []) await writer.metric(metric);
  await writer.finish({
    status: fixture.status ?? "complete",
    ...(fixture.reason === undefined ? {} : { reason: fixture.reason }),
  });
}
