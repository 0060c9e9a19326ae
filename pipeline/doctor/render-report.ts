import { table } from "#core/table";
import { type DoctorReport, isThere, type NeedReport } from "./report.ts";
import type { UndoReport } from "./undo.ts";

/** The report as people read it: a table, then what to do about each need that is not there. */
export function renderDoctorReport(report: DoctorReport): string {
  const headings = ["need", "state", "version", "where", "time"];
  const parts = [
    table(headings, report.needs.map(rowOf)),
    ...report.needs.filter((need) => !isThere(need)).map(adviceOn),
  ];
  if (!report.isReady) parts.push(nextStep(report));
  return parts.join("\n\n");
}

export function renderUndoReport({ removed, kept }: UndoReport): string {
  if (removed.length + kept.length === 0) return "doctor has installed nothing here";
  return [
    ...removed.map((what) => `removed  ${what}`),
    ...kept.map(({ what, reason }) => `kept     ${what}: ${reason}`),
  ].join("\n");
}

function rowOf(need: NeedReport): string[] {
  return [need.need, need.state, need.version ?? "-", need.where ?? "-", seconds(need.tookMs)];
}

function adviceOn(need: NeedReport): string {
  return [
    `${need.need}: ${need.reason ?? need.state}`,
    ...(need.hint === undefined ? [] : [`  ${need.hint}`]),
    ...need.commands.map((command) => `  $ ${command}`),
  ].join("\n");
}

function nextStep(report: DoctorReport): string {
  const isInstallable = report.needs.some((need) => !isThere(need) && need.commands.length > 0);
  if (!isInstallable) {
    return report.needs.some((need) => !isThere(need) && need.hint === undefined)
      ? `gauntlet installs on Debian and Ubuntu only, this is ${report.machine.distribution}: install what is missing the way your distribution describes, then run \`gauntlet doctor\` again.`
      : "Then run `gauntlet doctor` again.";
  }
  return report.machine.isRoot
    ? "Run the commands above, or `gauntlet doctor --install`, which does the same and can be undone."
    : "Run the commands above, or `sudo npx gauntlet doctor --install`, which does the same and can be undone.";
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
