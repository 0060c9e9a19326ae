import type { Random } from "#core/random";
import type { Failure, Journey, Operation } from "./call-graph.ts";
import { drawLatencyUs } from "./latency.ts";

/** One call of one service: what a span, its log lines and its metric observations are all derived from. */
export interface SimulatedCall {
  service: string;
  operation: string;
  /** Microseconds since the Unix epoch. */
  startUs: number;
  endUs: number;
  /** HTTP status of edge, gateway and api; OK or ERROR of stores. */
  status: string;
  /** Set when this call failed, by itself or through what it called. */
  failure: { reason: string; isOwn: boolean } | undefined;
  /** Counts from 1; more than 1 is a retry. */
  attempt: number;
  /** Index of the caller in the request's list, -1 for the first. */
  parent: number;
}

/**
 * Runs one request through the graph. The list is in call order, callers before what they call. A caller starts
 * before and ends after everything it calls.
 */
export function simulateRequest(journey: Journey, startUs: number, random: Random): SimulatedCall[] {
  const calls: SimulatedCall[] = [];
  visit(journey.root, { startUs, attempt: 1, parent: -1 }, { calls, random });
  return calls;
}

/** Server faults: what retries, alerts and error rates look at. */
export function isServerFault(status: string): boolean {
  return status === "ERROR" || status.startsWith("5");
}

function visit(
  operation: Operation,
  position: { startUs: number; attempt: number; parent: number },
  run: { calls: SimulatedCall[]; random: Random },
): SimulatedCall {
  const ownUs = drawLatencyUs(operation.latency, run.random);
  const ownFailure = drawFailure(operation.failures, run.random);
  const call: SimulatedCall = {
    service: operation.service,
    operation: operation.name,
    ...position,
    endUs: 0,
    status: successOf(operation),
    failure: undefined,
  };
  const index = run.calls.push(call) - 1;
  // Client errors are seen while the request is checked, before anything is called.
  const isCheckedFirst = ownFailure !== undefined && !isServerFault(ownFailure.status);
  let clockUs = position.startUs + Math.floor(ownUs * 0.4);
  let failed: SimulatedCall | undefined;
  for (const { operation: called, retries } of isCheckedFirst ? [] : operation.calls) {
    let result: SimulatedCall;
    let attempt = 0;
    do {
      attempt++;
      result = visit(called, { startUs: clockUs, attempt, parent: index }, run);
      clockUs = result.endUs + retryPauseUs;
    } while (isServerFault(result.status) && attempt <= retries);
    if (result.failure) {
      failed = result;
      break;
    }
  }
  call.endUs = clockUs + Math.ceil(ownUs * 0.6);
  if (failed) {
    // A proxy passes its upstream's status on; a service whose store failed is unavailable.
    call.status = failed.status === "ERROR" ? "503" : failed.status;
    call.failure = { reason: `${failed.service} answered ${failed.status}`, isOwn: false };
  } else if (ownFailure) {
    call.status = ownFailure.status;
    call.failure = { reason: ownFailure.reason, isOwn: true };
  }
  return call;
}

const retryPauseUs = 200;

/** Always draws once, so that a changed rate moves no other draw. */
function drawFailure(failures: readonly Failure[], random: Random): Failure | undefined {
  let rest = random.next();
  return failures.find((failure) => {
    rest -= failure.rate;
    return rest < 0;
  });
}

const httpServices: readonly string[] = ["edge", "gateway", "api"];

function successOf(operation: Operation): string {
  if (!httpServices.includes(operation.service)) return "OK";
  if (operation.name === "POST /api/logs") return "202";
  return operation.name === "POST /api/files/upload" ? "201" : "200";
}
