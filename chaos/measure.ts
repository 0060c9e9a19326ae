import type { CleanupStack } from "#core/cleanup";
import type { RunningWorkload } from "#core/ports";
import { applyFault } from "./apply-fault.ts";
import { awaitRecovery } from "./await-recovery.ts";
import type { Measurements } from "./experiment-result.ts";
import { faultOf } from "./faults/index.ts";
import { findFirstFailure, findRecovery } from "./recovery.ts";
import type { ScenarioContext } from "./run-scenario.ts";
import type { ChaosScenario } from "./scenario.ts";
import { judgeSteadyState } from "./steady-state.ts";
import type { WatchedTarget } from "./watch-target.ts";

/** What a measurement may use of the run it is part of. */
export interface ExperimentRun {
  cleanup: CleanupStack;
  watched: readonly WatchedTarget[];
  mark: (what: string) => void;
}

export type Measured = Pick<
  Measurements,
  | "steadyBefore"
  | "presence"
  | "detectMs"
  | "recoveryMs"
  | "recoveryPrecisionMs"
  | "duringFault"
  | "steadyAfter"
  | "applyError"
>;

/** From the start of the load to the second steady state. Healing and stopping are left to `run.cleanup`. */
export async function measure(
  scenario: ChaosScenario,
  context: ScenarioContext,
  run: ExperimentRun,
): Promise<Measured> {
  const { clock, signal } = context;
  const { tolerance, warmupMs } = scenario.steadyState;
  const workload = await startWorkload(context, run.cleanup);
  run.mark(`load started: ${context.workload.name}`);
  await clock.sleep(warmupMs + tolerance.windowMs, signal);
  const beforeEndMs = clock.now();
  const steadyBefore = judgeSteadyState(
    workload.observe(beforeEndMs - tolerance.windowMs, beforeEndMs),
    tolerance,
  );
  run.mark(`before: ${steadyBefore.message}`);
  if (!steadyBefore.isWithinTolerance) {
    return { steadyBefore, presence: { observed: false, evidence: ["no fault was applied"] } };
  }
  const { appliedAtMs, error: applyError } = await applyAll(scenario, context, run);
  const perRequestMs = tolerance.windowMs / steadyBefore.requests;
  const awaited = await awaitRecovery({
    scenario,
    watched: run.watched,
    workload,
    clock,
    signal,
    appliedAtMs,
    perRequestMs,
  });
  run.mark(awaited.recovery ? "recovered" : `not recovered: ${awaited.presence.evidence.join("; ")}`);
  const { presence } = awaited;
  const detectedAtMs = findFirstFailure({
    observe: workload.observe,
    fromMs: appliedAtMs,
    toMs: clock.now(),
  });
  const base: Measured = {
    steadyBefore,
    presence: { observed: presence.observed, evidence: [...presence.evidence] },
    ...(detectedAtMs === undefined ? {} : { detectMs: detectedAtMs - appliedAtMs }),
    ...(applyError === undefined ? {} : { applyError }),
  };
  if (!awaited.recovery || awaited.fromMs === undefined) {
    return { ...base, duringFault: counts(workload, appliedAtMs, clock.now()) };
  }
  // What was sent into the outage may fail until its time is up; it says nothing about the system that is back.
  const lastAnswerMs = scenario.steadyState.probe.timeoutMs;
  const untilMs = awaited.recovery.atMs + lastAnswerMs + tolerance.windowMs;
  await clock.sleep(Math.max(0, untilMs - clock.now()), signal);
  const recovery =
    findRecovery({
      observe: workload.observe,
      fromMs: awaited.fromMs,
      toMs: clock.now(),
      consecutiveSuccesses: scenario.expect.consecutiveSuccesses,
    }) ?? awaited.recovery;
  const steadyAfter = judgeSteadyState(
    workload.observe(recovery.atMs + lastAnswerMs, recovery.atMs + lastAnswerMs + tolerance.windowMs),
    tolerance,
  );
  run.mark(`after: ${steadyAfter.message}`);
  return {
    ...base,
    recoveryMs: recovery.atMs - appliedAtMs,
    recoveryPrecisionMs: recovery.precisionMs,
    duringFault: counts(workload, appliedAtMs, recovery.atMs),
    steadyAfter,
  };
}

async function startWorkload(context: ScenarioContext, cleanup: CleanupStack): Promise<RunningWorkload> {
  let workload: RunningWorkload | undefined;
  cleanup.defer("stop the workload", () => workload?.stop());
  workload = await context.workload.start(context.signal);
  return workload;
}

/** Applies the phase's fault to every target. What went wrong comes back as a sentence; an abort is thrown. */
async function applyAll(
  scenario: ChaosScenario,
  context: ScenarioContext,
  run: ExperimentRun,
): Promise<{ appliedAtMs: number; error?: string }> {
  const applied: { appliedAtMs: number; error?: string }[] = [];
  for (const { phase, fault: settings } of scenario.method) {
    for (const { target, before } of run.watched) {
      context.signal.throwIfAborted();
      const fault = faultOf(settings);
      run.mark(`phase ${phase}: ${fault.describe(settings, target.service)}`);
      applied.push(
        await applyFault({
          scenario: scenario.name,
          fault,
          settings,
          target,
          before,
          ledgerFile: context.ledgerFile,
          clock: context.clock,
          cleanup: run.cleanup,
          healTimeoutMs: context.healTimeoutMs ?? 30_000,
        }),
      );
    }
  }
  const errors = applied.flatMap(({ error }) => error ?? []);
  return {
    appliedAtMs: Math.min(...applied.map(({ appliedAtMs }) => appliedAtMs)),
    ...(errors.length > 0 ? { error: errors.join("; ") } : {}),
  };
}

function counts(workload: RunningWorkload, fromMs: number, toMs: number) {
  const { requests, failed } = workload.observe(fromMs, toMs);
  return { requests, failed };
}
