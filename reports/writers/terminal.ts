import { stripVTControlCharacters, styleText } from "node:util";
import type { Verdict } from "#core/verdict";
import type { VerdictDocument } from "../verdict/verdict-document.ts";
import { durationText, type RunReport, type Why, whysOf } from "./run-report.ts";

export interface TerminalOptions {
  /** See `wantsColour`. Default false. */
  hasColour?: boolean;
  /** Where the report can be opened. */
  reportAddress?: string;
}

/** Colour goes to terminals only, and never where NO_COLOR is set to anything (no-color.org). */
export function wantsColour(
  stream: { isTTY?: boolean },
  variables: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && (variables["NO_COLOR"] ?? "") === "" && variables["TERM"] !== "dumb";
}

/** What a person sees at the end of a run. */
export function renderTerminalSummary(report: RunReport, options: TerminalOptions = {}): string {
  const paint = painter(options.hasColour ?? false);
  const { verdict, run } = report;
  const whys = whysOf(report);
  return [
    ...suiteTable(verdict, paint),
    "",
    ...(whys.length === 0 ? [] : ["What did not pass", ...whys.flatMap((why) => whyLines(why, paint)), ""]),
    `${paint(verdict.verdict, ` ${verdict.verdict} `, true)} ${run.project} ${run.profile} in ${durationText(run.durationMs)}: ${ruleCounts(verdict)}`,
    ...(options.reportAddress === undefined ? [] : [`report  ${options.reportAddress}`]),
    `again   ${run.command}`,
  ].join("\n");
}

/** The verdict alone, without knowledge of the run: what `gauntlet gate` prints. */
export function renderVerdict(
  verdict: VerdictDocument,
  options: Pick<TerminalOptions, "hasColour"> = {},
): string {
  const paint = painter(options.hasColour ?? false);
  const rows = verdict.rules.map((rule) => [rule.verdict, rule.suite ?? "run", rule.rule, rule.sentence]);
  return [
    ...suiteTable(verdict, paint),
    "",
    ...table(["verdict", "suite", "rule", "why"], rows, paint),
    "",
    `${paint(verdict.verdict, ` ${verdict.verdict} `, true)} ${ruleCounts(verdict)}`,
  ].join("\n");
}

type Paint = (verdict: Verdict, text: string, isBanner?: boolean) => string;

const colours = {
  PASS: "green",
  WARN: "yellow",
  INCONCLUSIVE: "magenta",
  ERROR: "magenta",
  FAIL: "red",
} as const;

function painter(hasColour: boolean): Paint {
  if (!hasColour) return (_verdict, text, isBanner) => (isBanner ? text.trim() : text);
  return (verdict, text, isBanner = false) =>
    styleText(isBanner ? [colours[verdict], "bold", "inverse"] : colours[verdict], text, {
      validateStream: false,
    });
}

function suiteTable(verdict: VerdictDocument, paint: Paint): string[] {
  const rows = verdict.suites.map(({ suite, verdict: found, runner, counts }) => [
    found,
    suite,
    runner,
    ...[counts.passed, counts.failed, counts.broken, counts.skipped, counts.flaky].map(String),
  ]);
  return table(["verdict", "suite", "runner", "passed", "failed", "broken", "skipped", "flaky"], rows, paint);
}

/** The first column is a verdict; columns of numbers are flush right; the last is as wide as it needs. */
function table(head: readonly string[], rows: readonly string[][], paint: Paint): string[] {
  const clean = rows.map((row) => row.map(oneLine));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...clean.map((row) => row[column]?.length ?? 0)),
  );
  const isNumeric = head.map(
    (_, column) => clean.length > 0 && clean.every((row) => /^\d+$/.test(row[column] ?? "")),
  );
  const line = (row: readonly string[], verdict?: Verdict) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (isNumeric[column]) return cell.padStart(width);
        const padded = column === row.length - 1 ? cell : cell.padEnd(width);
        return column === 0 && verdict !== undefined ? paint(verdict, padded) : padded;
      })
      .join("  ");
  return [line(head), ...clean.map((row, index) => line(row, rows[index]?.[0] as Verdict))];
}

function whyLines({ rule, where, details, command }: Why, paint: Paint): string[] {
  return [
    `  ${paint(rule.verdict, rule.verdict)} ${where} / ${rule.rule}`,
    `    why    ${oneLine(rule.sentence)}`,
    ...details.map((detail) => `           - ${oneLine(detail)}`),
    `    again  ${command}`,
  ];
}

function ruleCounts({ rules }: VerdictDocument): string {
  const passed = rules.filter(({ verdict }) => verdict === "PASS").length;
  const rest = (["FAIL", "ERROR", "INCONCLUSIVE", "WARN"] as const)
    .map((wanted) => [rules.filter(({ verdict }) => verdict === wanted).length, wanted] as const)
    .filter(([count]) => count > 0)
    .map(([count, wanted]) => `, ${count} ${wanted}`);
  return `${passed} of ${rules.length} rules passed${rest.join("")}`;
}

/** Nothing a test wrote may move the cursor or paint. */
function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
}
