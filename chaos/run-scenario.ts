import { CleanupStack } from "#core/cleanup";
import type { Clock } from "#core/clock";
import type { RunEventSink, TargetPool, Workload } from "#core/ports";
import { type ExperimentResult, judgeExperiment, type Measurements } from "./experiment-result.ts";
import { type Measured, measure } from "./measure.ts";
import type { ChaosScenario } from "./scenario.ts";
import { selectTargets } from "./select-targets.ts";
import { type WatchedTarget, watchTarget } from "./watch-target.ts";

export interface ScenarioContext {
  targets: TargetPool;
  /** Its requests are what steady state and recovery are measured on; started and stopped here. */
  workload: Workload;
  /** `faults.jsonl` of the run. */
  ledgerFile: string;
  clock: Clock;
  /** Used when the scenario has no seed of its own. */
  seed: number;
  signal: AbortSignal;
  events: RunEventSink;
  /** How long a fault's healing may take. Default 30 000. */
  healTimeoutMs?: number;
}

/**
 * Carries out one experiment: load, steady state, fault, recovery, steady state, heal. Whatever the system does is in
 * the result. Throws only when the experiment could not be carried out (UsageError for targets, ChaosError for the
 * ledger, the signal's reason when aborted), after every applied fault was healed and the workload stopped.
 */
export async function runScenario(
  scenario: ChaosScenario,
  context: ScenarioContext,
): Promise<ExperimentResult> {
  const seed = scenario.seed ?? context.seed;
  const targets = selectTargets(scenario, context.targets, seed);
  const cleanup = new CleanupStack();
  const startedAtMs = context.clock.now();
  const watched: WatchedTarget[] = [];
  const marks: { atMs: number; what: string }[] = [];
  const mark = (what: string) => {
    marks.push({ atMs: context.clock.now(), what });
    context.events({ type: "progress", stage: "chaos", message: `${scenario.name}: ${what}` });
  };
  let measured: Measured;
  try {
    context.signal.throwIfAborted();
    for (const target of targets) {
      const watch = await watchTarget(target);
      watched.push(watch);
      cleanup.defer(`stop watching ${target.service}`, () => watch[Symbol.asyncDispose]());
    }
    measured = await measure(scenario, context, { cleanup, watched, mark });
  } catch (error) {
    for (const { step, error: failure } of await cleanup.run()) {
      context.events({
        type: "warning",
        message: `${scenario.name}: could not ${step}: ${messageOf(failure)}`,
      });
    }
    throw error;
  }
  const failures = await cleanup.run();
  mark(failures.length === 0 ? "healed" : "healing failed");
  const result: Measurements = {
    scenario: scenario.name,
    fault: scenario.method[0]?.fault.kind ?? "none",
    services: targets.map((target) => target.service),
    seed,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: context.clock.now() - startedAtMs,
    ...measured,
    timeline: timelineOf(startedAtMs, marks, watched),
    cleanupFailures: failures.map(({ step, error }) => `could not ${step}: ${messageOf(error)}`),
  };
  return judgeExperiment(result, scenario.expect.recoversWithinMs);
}

function timelineOf(
  startedAtMs: number,
  marks: { atMs: number; what: string }[],
  watched: readonly WatchedTarget[],
) {
  const changes = watched.flatMap(({ target, changes }) =>
    changes.map(({ atMs, kind, exitCode }) => ({
      atMs,
      what: `${target.service} ${kind}${exitCode === undefined ? "" : ` (exit ${exitCode})`}`,
    })),
  );
  const lost = watched.flatMap(({ target, eventsError }) =>
    eventsError === undefined
      ? []
      : [
          {
            atMs: startedAtMs,
            what: `engine events of ${target.service} ended early: ${messageOf(eventsError)}`,
          },
        ],
  );
  return [...lost, ...marks, ...changes]
    .map(({ atMs, what }) => ({ atMs: atMs - startedAtMs, what }))
    .sort((a, b) => a.atMs - b.atMs);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
