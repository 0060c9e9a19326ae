import type { CleanupStack } from "#core/cleanup";
import type { Clock } from "#core/clock";
import type { Target, TargetState } from "#core/ports";
import type { Fault } from "./fault.ts";
import type { FaultSettings } from "./faults/index.ts";
import { type LedgerEntry, recordIntent } from "./ledger.ts";

export interface FaultApplication {
  scenario: string;
  fault: Fault<FaultSettings>;
  settings: FaultSettings;
  target: Target;
  before: TargetState;
  ledgerFile: string;
  clock: Clock;
  cleanup: CleanupStack;
  healTimeoutMs: number;
}

/**
 * Applies a fault so that it cannot be forgotten: healing is registered first, then the intent reaches the disk, and
 * only then does anything happen. Never rejects for the fault itself: `error` says why it could not be applied, and
 * healing runs all the same. Throws ChaosError when the ledger cannot be written.
 */
export async function applyFault(
  application: FaultApplication,
): Promise<{ appliedAtMs: number; error?: string }> {
  const { fault, settings, target, before, clock } = application;
  let entry: LedgerEntry | undefined;
  application.cleanup.defer(
    `heal ${fault.kind} on ${target.service}`,
    async (signal) => {
      if (!entry) return;
      await fault.heal(settings, target, { clock, signal });
      await entry.healed();
    },
    { deadlineMs: application.healTimeoutMs },
  );
  entry = await recordIntent(
    application.ledgerFile,
    {
      scenario: application.scenario,
      service: target.service,
      fault: settings,
      incarnation: { containerId: before.containerId, startedAt: before.startedAt },
    },
    clock,
  );
  const appliedAtMs = clock.now();
  try {
    await fault.apply(settings, target);
  } catch (error) {
    return {
      appliedAtMs,
      error: `${fault.kind} could not be applied to ${target.service}: ${messageOf(error)}`,
    };
  }
  await entry.applied();
  return { appliedAtMs };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
