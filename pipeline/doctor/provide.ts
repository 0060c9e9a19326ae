import { GauntletError } from "#core/errors";
import { statePath, waitForLock } from "#core/state";
import { type NeedCatalogue, catalogue as realCatalogue } from "./catalogue.ts";
import { type DoctorIo, type DoctorSession, openSession } from "./context.ts";
import { type ExaminedNeed, examineAll, needReport, reportOf } from "./examine.ts";
import { commandsFor, type Finding, type Need } from "./need.ts";
import type { NeedName } from "./needs.ts";
import { type DoctorReport, type DoneStep, isThere, type NeedReport } from "./report.ts";

export interface ProvideOptions {
  /** Install what is missing without asking. */
  install: boolean;
  /** Asked once, when `install` is false and something is missing; on a terminal only. True installs. */
  confirm?: (missing: readonly NeedReport[]) => Promise<boolean>;
}

/**
 * Makes the needs be there as far as it may, independent ones at the same time, and says what it found and did. A need
 * that could not be provided is `failed` or `missing` in the report; only an abort or a broken record of earlier
 * installs throws. Does nothing, quickly, where all is there.
 */
export async function provide(
  needs: readonly NeedName[],
  options: ProvideOptions,
  io: DoctorIo = {},
  catalogue: NeedCatalogue = realCatalogue,
): Promise<DoctorReport> {
  const startMs = performance.now();
  const session = openSession(io);
  const first = await examineAll(needs, session, catalogue);
  const missing = first.map(({ report }) => report).filter((report) => !isThere(report));
  const mayInstall = missing.length > 0 && (options.install || ((await options.confirm?.(missing)) ?? false));
  if (!mayInstall)
    return reportOf(
      session,
      first.map(({ report }) => report),
      startMs,
    );

  await using _lock = await waitForLock(io.lockPath ?? statePath("doctor.lock"), {
    purpose: "installing what gauntlet needs",
    signal: session.signal,
    clock: session.clock,
    onWait: (holder) => session.say(`waiting for another doctor: ${holder}`),
  });
  // Another doctor may have been at it; and a broken record must stop us before anything is installed.
  await session.records.list();
  const examined = await examineAll(needs, session, catalogue);
  try {
    return reportOf(session, await installMissing(examined, session, catalogue), startMs);
  } finally {
    for (const { step, error } of await session.cleanup.run())
      session.say(`could not clean up ${step}: ${error}`);
  }
}

function installMissing(
  examined: readonly ExaminedNeed[],
  session: DoctorSession,
  catalogue: NeedCatalogue,
): Promise<NeedReport[]> {
  const underway = new Map<NeedName, Promise<NeedReport>>();
  for (const { report, finding } of examined) {
    const need = catalogue[report.need];
    const before = [...need.after, ...(need.follows ?? [])].flatMap((name) => underway.get(name) ?? []);
    underway.set(
      report.need,
      finding.isPresent ? Promise.resolve(report) : provideOne(need, finding, before, session),
    );
  }
  return Promise.all(underway.values());
}

async function provideOne(
  need: Need,
  finding: Finding & { isPresent: false },
  before: readonly Promise<NeedReport>[],
  session: DoctorSession,
): Promise<NeedReport> {
  const lacking = (await Promise.all(before)).filter(
    (report) => need.after.includes(report.need) && !isThere(report),
  );
  const startMs = performance.now();
  const done: DoneStep[] = [];
  const context = session.contextFor(need.name, done);
  const commands = finding.cannotInstall ? [] : commandsFor(need, context);
  if (finding.cannotInstall) return needReport(need.name, finding, { state: "failed", startMs });
  if (lacking.length > 0) {
    const reason = `${finding.reason}; not tried, since ${lacking.map((report) => report.need).join(" and ")} could not be provided`;
    return needReport(need.name, { isPresent: false, reason }, { startMs, commands });
  }
  try {
    // What it waited for may have brought it along.
    const early = await need.examine(context);
    if (early.isPresent) return needReport(need.name, early, { startMs });
    const state = await need.install(context);
    const now = await need.examine(context);
    return needReport(need.name, now, { state: now.isPresent ? state : "failed", done, commands, startMs });
  } catch (error) {
    session.signal.throwIfAborted();
    return needReport(need.name, failureOf(error, need.name), { state: "failed", done, commands, startMs });
  }
}

function failureOf(error: unknown, need: NeedName): Finding {
  const hint = error instanceof GauntletError ? error.hint : undefined;
  return {
    isPresent: false,
    reason: `could not provide ${need}: ${error instanceof Error ? error.message : String(error)}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
