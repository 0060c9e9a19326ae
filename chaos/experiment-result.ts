import { mergeVerdicts, type Verdict } from "#core/verdict";
import type { SteadyState } from "./steady-state.ts";

export interface VerdictPart {
  rule: "steady-before" | "fault" | "presence" | "recovery" | "steady-after" | "cleanup";
  verdict: Verdict;
  message: string;
  observed?: number;
  limit?: number;
  unit?: "ms";
}

export interface TimelineEntry {
  /** Since the experiment began. */
  atMs: number;
  what: string;
}

/** What one experiment came to. Plain data: goes into a bundle as it is. All `...Ms` below count from the fault. */
export interface ExperimentResult {
  v: 1;
  scenario: string;
  fault: string;
  services: string[];
  seed: number;
  startedAt: string;
  durationMs: number;
  steadyBefore: SteadyState;
  presence: { observed: boolean; evidence: string[] };
  /** Until the workload's first failed request; absent when none failed. */
  detectMs?: number;
  /** See `Recovery` for the definition of the state; absent when it was not reached. */
  recoveryMs?: number;
  /** The true moment lies at most this long before `recoveryMs`. */
  recoveryPrecisionMs?: number;
  /** What the workload saw from the fault to the recovery. */
  duringFault?: { requests: number; failed: number };
  steadyAfter?: SteadyState;
  parts: VerdictPart[];
  verdict: Verdict;
  timeline: TimelineEntry[];
}

/** Everything measured, not judged yet. */
export type Measurements = Omit<ExperimentResult, "v" | "parts" | "verdict"> & {
  applyError?: string;
  cleanupFailures: string[];
};

/**
 * Judges what was measured. Pure. A system that was not steady before, or a fault that was not seen, proves nothing
 * about recovery: such an experiment is INCONCLUSIVE whatever else was measured.
 */
export function judgeExperiment(measured: Measurements, recoversWithinMs: number): ExperimentResult {
  const { applyError: _, cleanupFailures, ...rest } = measured;
  const parts = [...partsOf(measured, recoversWithinMs)];
  if (cleanupFailures.length > 0) {
    parts.push({ rule: "cleanup", verdict: "INCONCLUSIVE", message: cleanupFailures.join("; ") });
  }
  return { v: 1, ...rest, parts, verdict: mergeVerdicts(parts.map((part) => part.verdict)) };
}

function* partsOf(measured: Measurements, recoversWithinMs: number): Generator<VerdictPart> {
  const { steadyBefore, presence, applyError } = measured;
  yield {
    rule: "steady-before",
    verdict: steadyBefore.isWithinTolerance ? "PASS" : "INCONCLUSIVE",
    message: steadyBefore.message,
  };
  if (!steadyBefore.isWithinTolerance) return;
  if (applyError !== undefined) yield { rule: "fault", verdict: "ERROR", message: applyError };
  yield {
    rule: "presence",
    verdict: presence.observed ? "PASS" : "INCONCLUSIVE",
    message: presence.evidence.join("; "),
  };
  if (!presence.observed) return;
  yield recoveryPart(measured, recoversWithinMs);
  yield* steadyAfterPart(measured);
}

function recoveryPart({ recoveryMs, recoveryPrecisionMs }: Measurements, limit: number): VerdictPart {
  if (recoveryMs === undefined) {
    return {
      rule: "recovery",
      verdict: "FAIL",
      message: `not recovered within ${limit} ms`,
      limit,
      unit: "ms",
    };
  }
  return {
    rule: "recovery",
    verdict: recoveryMs <= limit ? "PASS" : "FAIL",
    message: `recovered after ${recoveryMs} ms (-${recoveryPrecisionMs ?? 0} ms), at most ${limit} ms allowed`,
    observed: recoveryMs,
    limit,
    unit: "ms",
  };
}

function* steadyAfterPart({ steadyAfter }: Measurements): Generator<VerdictPart> {
  if (steadyAfter === undefined) return;
  const unmet = steadyAfter.isJudged ? "FAIL" : "INCONCLUSIVE";
  yield {
    rule: "steady-after",
    verdict: steadyAfter.isWithinTolerance ? "PASS" : unmet,
    message: steadyAfter.message,
  };
}
