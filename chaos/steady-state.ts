import type { ObservedLoad } from "#core/ports";
import { percentile } from "#core/statistics";
import type { Tolerance } from "./scenario.ts";

/** What the workload saw in one window, held against the tolerance. */
export interface SteadyState {
  requests: number;
  failed: number;
  /** Undefined without requests. */
  errorRatio?: number;
  p95Ms?: number;
  /** False also when there was too little to judge. */
  isWithinTolerance: boolean;
  isJudged: boolean;
  /** One sentence with the values and the limits. */
  message: string;
}

export function judgeSteadyState(load: ObservedLoad, tolerance: Tolerance): SteadyState {
  const { requests, failed } = load;
  if (requests < tolerance.minRequests) {
    const message = `${requests} requests in ${tolerance.windowMs} ms, at least ${tolerance.minRequests} needed to judge`;
    return { requests, failed, isWithinTolerance: false, isJudged: false, message };
  }
  const errorRatio = failed / requests;
  const p95Ms = percentile(load.latencies, 95);
  const isTooSlow = tolerance.p95Ms !== undefined && (p95Ms === undefined || p95Ms > tolerance.p95Ms);
  return {
    requests,
    failed,
    errorRatio,
    ...(p95Ms === undefined ? {} : { p95Ms }),
    isWithinTolerance: errorRatio <= tolerance.errorRatio && !isTooSlow,
    isJudged: true,
    message: sentence(load, errorRatio, p95Ms, tolerance),
  };
}

function sentence(
  load: ObservedLoad,
  errorRatio: number,
  p95Ms: number | undefined,
  tolerance: Tolerance,
): string {
  const errors = `${load.failed} of ${load.requests} requests failed (${percent(errorRatio)}, at most ${percent(tolerance.errorRatio)})`;
  if (tolerance.p95Ms === undefined) return errors;
  return `${errors}, p95 ${p95Ms === undefined ? "unknown" : `${Math.round(p95Ms)} ms`} (at most ${tolerance.p95Ms} ms)`;
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(3))} %`;
}
