import type { Plan, PlannedSuite } from "../plan/index.ts";

/**
 * Runs this shard's suites: those that may run together `atOnce` at a time, then each measured one alone, then drills.
 * A suite starts when those it names in `after` have ended. `execute` must not throw.
 */
export async function runSuites(
  plan: Plan,
  atOnce: number,
  execute: (suite: PlannedSuite) => Promise<void>,
): Promise<void> {
  const mine = plan.suites.filter((suite) => suite.shard === plan.shard.index);
  await runTogether(
    mine.filter((suite) => suite.phase === "together"),
    atOnce,
    execute,
  );
  for (const suite of mine.filter((one) => one.phase !== "together")) await execute(suite);
}

async function runTogether(
  suites: readonly PlannedSuite[],
  atOnce: number,
  execute: (suite: PlannedSuite) => Promise<void>,
): Promise<void> {
  const waiting = [...suites];
  const running = new Map<string, Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    const isReady = (suite: PlannedSuite) =>
      !suite.config.after.some((name) => running.has(name) || waiting.some((other) => other.name === name));
    const next = running.size < atOnce ? waiting.findIndex(isReady) : -1;
    if (next === -1) {
      await Promise.race(running.values());
      continue;
    }
    const [suite] = waiting.splice(next, 1) as [PlannedSuite];
    running.set(
      suite.name,
      execute(suite).finally(() => running.delete(suite.name)),
    );
  }
}
