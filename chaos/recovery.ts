import type { ObservedLoad } from "#core/ports";

/**
 * When a system came back, by the requests of its own workload.
 *
 * State: the system is *recovered* at the moment the first of `consecutiveSuccesses` requests finished that all
 * succeeded, with no failed request between them, and that began to finish after the disturbance itself was over (for
 * a crash: after the new process started; a success before that is an answer still under way).
 * Time is cut into steps of `resolutionMs`; a step that holds a failure breaks the row, so the result errs on the
 * late side. `precisionMs` is the span back to the last moment at which the system was known not to be recovered:
 * the true moment lies within it.
 */
export interface Recovery {
  atMs: number;
  precisionMs: number;
}

export interface RecoveryQuery {
  /** What the workload saw in [fromMs, toMs). */
  observe: (fromMs: number, toMs: number) => ObservedLoad;
  /** When the disturbance was over. */
  fromMs: number;
  /** How far the observations reach. */
  toMs: number;
  consecutiveSuccesses: number;
  resolutionMs?: number;
}

export const defaultResolutionMs = 20;

/** Undefined when the system did not recover within the query's span. */
export function findRecovery(query: RecoveryQuery): Recovery | undefined {
  const { observe, fromMs, toMs, consecutiveSuccesses, resolutionMs = defaultResolutionMs } = query;
  let inRow = 0;
  let rowStartMs = fromMs;
  let notYetMs = fromMs;
  for (let stepMs = fromMs; stepMs < toMs; stepMs += resolutionMs) {
    const endMs = Math.min(stepMs + resolutionMs, toMs);
    const { requests, failed } = observe(stepMs, endMs);
    if (failed > 0) {
      inRow = 0;
      notYetMs = stepMs;
      continue;
    }
    if (requests === 0) continue;
    if (inRow === 0) rowStartMs = endMs;
    inRow += requests;
    if (inRow >= consecutiveSuccesses) return { atMs: rowStartMs, precisionMs: rowStartMs - notYetMs };
  }
  return undefined;
}

/** When the workload first noticed: the end of the step with the first failed request. Undefined when none failed. */
export function findFirstFailure(query: Omit<RecoveryQuery, "consecutiveSuccesses">): number | undefined {
  const { observe, fromMs, toMs, resolutionMs = defaultResolutionMs } = query;
  if (observe(fromMs, toMs).failed === 0) return undefined;
  for (let stepMs = fromMs; stepMs < toMs; stepMs += resolutionMs) {
    const endMs = Math.min(stepMs + resolutionMs, toMs);
    if (observe(stepMs, endMs).failed > 0) return endMs;
  }
  return undefined;
}
