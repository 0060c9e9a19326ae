import { type Clock, systemClock } from "#core/clock";
import type { Target, TargetPool } from "#core/ports";
import { isAlive } from "#core/state";
import { readFault } from "./faults/index.ts";
import { type OpenFault, readOpenFaults, recordHealed } from "./ledger.ts";

export interface LedgerReplay {
  /** Faults a dead process left that are healed now, as `kind on service`. */
  healed: string[];
  /** Faults whose process still runs: its business. */
  live: string[];
  /** Faults whose service is not part of this environment any more; nothing is left to heal. */
  gone: string[];
  /** Faults that could not be healed; they stay open in the ledger. */
  failed: { fault: string; reason: string }[];
}

export interface ReplayOptions {
  clock?: Clock;
  signal?: AbortSignal;
  /** For each fault. Default 30 000. */
  healTimeoutMs?: number;
}

/**
 * Heals what processes that no longer live left open in the ledger at `file`, newest first. Idempotent. Never throws
 * for a fault that resists: it is listed. Throws ChaosError when the ledger itself cannot be read or written.
 */
export async function replayLedger(
  file: string,
  targets: TargetPool,
  options: ReplayOptions = {},
): Promise<LedgerReplay> {
  const clock = options.clock ?? systemClock;
  const replay: LedgerReplay = { healed: [], live: [], gone: [], failed: [] };
  for (const open of (await readOpenFaults(file)).reverse()) {
    const name = `${open.fault.kind} on ${open.service}`;
    if (isAlive(open.owner)) {
      replay.live.push(name);
      continue;
    }
    if (!targets.services.includes(open.service)) {
      await recordHealed(file, open, clock);
      replay.gone.push(name);
      continue;
    }
    try {
      await healOpen(open, targets.target(open.service), options);
    } catch (error) {
      replay.failed.push({ fault: name, reason: error instanceof Error ? error.message : String(error) });
      continue;
    }
    await recordHealed(file, open, clock);
    replay.healed.push(name);
  }
  return replay;
}

async function healOpen(open: OpenFault, target: Target, options: ReplayOptions): Promise<void> {
  const known = readFault(open.fault);
  if (!known) throw new Error(`this version does not know how to heal ${open.fault.kind}`);
  const deadline = AbortSignal.timeout(options.healTimeoutMs ?? 30_000);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  await known.fault.heal(known.settings, target, { clock: options.clock ?? systemClock, signal });
}
