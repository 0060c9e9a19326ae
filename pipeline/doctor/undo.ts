import { statePath, waitForLock } from "#core/state";
import { type DoctorIo, openSession } from "./context.ts";
import type { InstallRecord } from "./install-records.ts";
import { removeRecorded, titleOf } from "./remove-recorded.ts";

export interface UndoReport {
  removed: readonly string[];
  /** What is still there and why; it stays on record, so undo can be tried again. */
  kept: readonly { what: string; reason: string }[];
}

export interface UndoOptions {
  /** Only tell what would be removed. */
  isDryRun?: boolean;
}

// Images need the engine, the engine needs its packages: dependants go first, whenever they were installed.
const order: readonly InstallRecord["kind"][] = [
  ...(["image", "file", "folder", "engine", "unit", "packages", "mount"] as const),
];

/** Removes what doctor installed and nothing else: what was changed since, or is in use, is kept and named. */
export async function undo(io: DoctorIo = {}, options: UndoOptions = {}): Promise<UndoReport> {
  const session = openSession(io);
  await using _lock = await waitForLock(io.lockPath ?? statePath("doctor.lock"), {
    purpose: "removing what doctor installed",
    signal: session.signal,
    clock: session.clock,
    onWait: (holder) => session.say(`waiting for another doctor: ${holder}`),
  });
  const newestFirst = [...(await session.records.list())].reverse();
  const records = newestFirst.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const removed: string[] = [];
  const kept: { what: string; reason: string }[] = [];
  for (const record of records) {
    session.signal.throwIfAborted();
    if (options.isDryRun) {
      removed.push(titleOf(record));
      continue;
    }
    session.say(`removing ${titleOf(record)}`);
    const reason = await removeRecorded(record, session).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (reason === undefined) {
      await session.records.remove(record);
      removed.push(titleOf(record));
    } else kept.push({ what: titleOf(record), reason });
  }
  return { removed, kept };
}
