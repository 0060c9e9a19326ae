import { type Clock, systemClock } from "#core/clock";
import { UsageError } from "#core/errors";
import type { RunEventSink, TargetPool } from "#core/ports";
import type { Verdict } from "#core/verdict";
import { createRecoveryPoint } from "./create-recovery-point.ts";
import { type DrillResult, type DrillStep, judgeDrill } from "./drill-result.ts";
import type { BackupKey } from "./envelope/key.ts";
import { BackupError } from "./errors.ts";
import type { BackupPolicy } from "./policy.ts";
import { openFolderRepository } from "./repository/folder-repository.ts";
import { restoreRecoveryPoint } from "./restore-recovery-point.ts";

export interface DrillOptions {
  policy: BackupPolicy;
  /** The running system; only read. */
  source: TargetPool;
  /** Brings up a second, isolated environment. Disposed of here, whatever happens. */
  provideTarget: (signal?: AbortSignal) => Promise<TargetPool & AsyncDisposable>;
  /** Of the repository; made when missing. */
  folder: string;
  key: BackupKey;
  /**
   * Runs on the restored environment, for example the smoke suite, and says what it came to. This is also the place to
   * restart services that cannot bear to lose their connections or cache what they read: they started before the
   * restore, may have migrated and written into stores that are replaced by now, and are part of the recovery time.
   */
  afterRestore?: (target: TargetPool, signal?: AbortSignal) => Promise<readonly DrillCheck[]>;
  clock?: Clock;
  signal?: AbortSignal;
  events?: RunEventSink;
}

/** A finding of `afterRestore`. */
export interface DrillCheck {
  name: string;
  verdict: Verdict;
  message: string;
}

/**
 * Backs up `source`, restores into another environment, compares and lets `afterRestore` try it. What the data and the
 * checks came to is in the result; throws when a step could not be done (BackupError, the signal's reason, what
 * `provideTarget` threw), with the target removed and no half-made recovery point left. A finished recovery point stays.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { policy, source, folder, key, signal, events, clock = systemClock } = options;
  const shared = { key, clock, ...(signal ? { signal } : {}), ...(events ? { events } : {}) };
  const steps: DrillStep[] = [];
  const step = async <Value>(name: DrillStep["name"], work: () => Promise<Value>): Promise<Value> => {
    signal?.throwIfAborted();
    events?.({ type: "progress", stage: "drill", message: name });
    const startMs = clock.now();
    const value = await work();
    steps.push({ name, durationMs: clock.now() - startMs });
    return value;
  };
  const repository = await openFolderRepository(folder);
  const manifest = await step("backup", () =>
    createRecoveryPoint(policy, { ...shared, targets: source, repository }),
  );
  const oldestMs = Math.min(...manifest.sources.map(({ consistentAt }) => Date.parse(consistentAt)));
  const rpoMs = Date.parse(manifest.finishedAt) - oldestMs;
  const target = await step("provide", () => options.provideTarget(signal));
  try {
    await refuseSource(policy, source, target);
    const restored = await step("restore", () =>
      restoreRecoveryPoint(manifest.id, { ...shared, targets: target, repository }),
    );
    const { afterRestore } = options;
    const checks = afterRestore ? await step("check", () => afterRestore(target, signal)) : [];
    const rtoMs = steps
      .filter(({ name }) => name !== "backup")
      .reduce((sum, { durationMs }) => sum + durationMs, 0);
    return judgeDrill({ policy, manifest, steps, restored, checks, rpoMs, rtoMs });
  } finally {
    await target[Symbol.asyncDispose]();
  }
}

/** A drill that restored over the system it is meant to protect would be the disaster. */
async function refuseSource(policy: BackupPolicy, source: TargetPool, target: TargetPool): Promise<void> {
  for (const { service } of policy.sources) {
    if (!source.services.includes(service) || !target.services.includes(service)) {
      throw new UsageError(`the drill's environments must both have the service ${service}`, {
        code: "NO_SUCH_SERVICE",
      });
    }
    const [from, to] = await Promise.all([
      source.target(service).inspect(),
      target.target(service).inspect(),
    ]);
    if (from.containerId === to.containerId) {
      throw new BackupError(`refused to restore ${service} over itself`, {
        code: "DRILL_TARGET_IS_SOURCE",
        hint: "provide a second environment",
      });
    }
  }
}
