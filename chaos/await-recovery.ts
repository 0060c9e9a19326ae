import type { Clock } from "#core/clock";
import type { RunningWorkload } from "#core/ports";
import type { Presence } from "./fault.ts";
import { faultOf } from "./faults/index.ts";
import { findRecovery, type Recovery } from "./recovery.ts";
import type { ChaosScenario } from "./scenario.ts";
import type { WatchedTarget } from "./watch-target.ts";

export interface AwaitedRecovery {
  presence: Presence;
  /** When the disturbance was over on every target; recovery counts from here. */
  fromMs?: number;
  recovery?: Recovery;
}

interface Wait {
  scenario: ChaosScenario;
  watched: readonly WatchedTarget[];
  workload: RunningWorkload;
  clock: Clock;
  signal: AbortSignal;
  appliedAtMs: number;
  /** Mean distance of requests in the steady state. */
  perRequestMs: number;
}

const pollMs = 100;
/** A fault that left no trace by then did not happen. */
const presenceTimeoutMs = 5_000;

/** Waits until the system recovered, the time for it is over, or the fault turned out not to have happened. */
export async function awaitRecovery(wait: Wait): Promise<AwaitedRecovery> {
  const { clock, signal, appliedAtMs, workload } = wait;
  const { recoversWithinMs, consecutiveSuccesses } = wait.scenario.expect;
  const slackMs = Math.max(1_000, 2 * consecutiveSuccesses * wait.perRequestMs);
  for (;;) {
    const presence = await presenceOf(wait);
    const nowMs = clock.now();
    const fromMs = presence.endedAtMs;
    if (presence.observed && fromMs !== undefined) {
      const recovery = findRecovery({
        observe: workload.observe,
        fromMs,
        toMs: nowMs,
        consecutiveSuccesses,
        resolutionMs: pollMs,
      });
      if (recovery) return { presence: await presenceOf(wait), fromMs, recovery };
    }
    const limitMs = presence.observed
      ? recoversWithinMs + slackMs
      : Math.min(presenceTimeoutMs, recoversWithinMs);
    if (nowMs - appliedAtMs > limitMs) return { presence, ...(fromMs === undefined ? {} : { fromMs }) };
    await clock.sleep(pollMs, signal);
  }
}

/** Of all targets together: observed when observed on each, over when over on each. */
async function presenceOf({ scenario, watched, appliedAtMs }: Wait): Promise<Presence> {
  const parts: Presence[] = [];
  for (const { fault } of scenario.method) {
    for (const watch of watched) parts.push(faultOf(fault).presence(await watch.observe(appliedAtMs)));
  }
  const ends = parts.map((part) => part.endedAtMs);
  return {
    observed: parts.every((part) => part.observed),
    evidence: parts.flatMap((part) => part.evidence),
    ...(ends.every((end) => end !== undefined) ? { endedAtMs: Math.max(...ends) } : {}),
  };
}
