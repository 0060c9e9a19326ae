import type { NewMetric, NewTest } from "#reports";
import type { SuiteContext } from "./runner.ts";

/** Writes results into the bundle and tells who watches the run. */
export async function recordTests(
  context: Pick<SuiteContext, "bundle" | "events" | "suite">,
  results: { tests: readonly NewTest[]; metrics: readonly NewMetric[] },
): Promise<void> {
  for (const test of results.tests) {
    const record = await context.bundle.test(test);
    context.events({
      type: "test.finished",
      suite: context.suite.name,
      id: record.id,
      title: record.title.join(" > "),
      status: record.status,
      durationMs: record.durationMs,
    });
  }
  for (const metric of results.metrics) await context.bundle.metric(metric);
}
