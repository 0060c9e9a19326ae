import { type NeedCatalogue, catalogue as realCatalogue } from "./catalogue.ts";
import { type DoctorIo, type DoctorSession, openSession } from "./context.ts";
import { commandsFor, type Finding } from "./need.ts";
import { allNeeds, type NeedName } from "./needs.ts";
import { type DoctorReport, isThere, type NeedReport } from "./report.ts";

/** Looks at all needs at the same time. Changes nothing; only an abort makes it throw. */
export async function examine(
  needs: readonly NeedName[],
  io: DoctorIo = {},
  catalogue: NeedCatalogue = realCatalogue,
): Promise<DoctorReport> {
  const startMs = performance.now();
  const session = openSession(io);
  const examined = await examineAll(needs, session, catalogue);
  return reportOf(
    session,
    examined.map(({ report }) => report),
    startMs,
  );
}

export interface ExaminedNeed {
  report: NeedReport;
  finding: Finding;
}

/** In catalogue order, whatever the order of `needs`. */
export async function examineAll(
  needs: readonly NeedName[],
  session: DoctorSession,
  catalogue: NeedCatalogue,
): Promise<ExaminedNeed[]> {
  const names = allNeeds.filter((name) => needs.includes(name));
  return Promise.all(
    names.map(async (name) => {
      const startMs = performance.now();
      const context = session.contextFor(name, []);
      const finding = await catalogue[name].examine(context);
      const commands =
        finding.isPresent || finding.cannotInstall ? [] : commandsFor(catalogue[name], context);
      return { finding, report: needReport(name, finding, { commands, startMs }) };
    }),
  );
}

export function needReport(
  need: NeedName,
  finding: Finding,
  about: Partial<Pick<NeedReport, "state" | "done" | "commands">> & { startMs: number },
): NeedReport {
  return {
    need,
    state: about.state ?? (finding.isPresent ? "present" : "missing"),
    ...(finding.isPresent ? { version: finding.version, where: finding.where } : { reason: finding.reason }),
    ...(!finding.isPresent && finding.hint !== undefined ? { hint: finding.hint } : {}),
    done: about.done ?? [],
    commands: finding.isPresent ? [] : (about.commands ?? []),
    tookMs: Math.round(performance.now() - about.startMs),
  };
}

export function reportOf(
  session: DoctorSession,
  needs: readonly NeedReport[],
  startMs: number,
): DoctorReport {
  return {
    v: 1,
    isReady: needs.every(isThere),
    machine: { distribution: session.machine.distributionName, isRoot: session.machine.isRoot },
    needs,
    tookMs: Math.round(performance.now() - startMs),
  };
}
