import type { Verdict } from "#core/verdict";
import { writeInside } from "../inside-folder.ts";
import { durationText, type RunReport, type Why, whysOf } from "./run-report.ts";

/** GitHub takes a job summary of 1 MiB and no more. */
export const summaryBudgetBytes = 900_000;

/** Writes `summary.md`; returns its path. */
export function writeMarkdownSummary(folder: string, report: RunReport): Promise<string> {
  return writeInside(folder, "summary.md", markdownSummary(report));
}

/**
 * Verdict, a table of suites, and for every rule that did not pass why and how to see it again. Never above `budgetBytes`:
 * what does not fit is counted.
 */
export function markdownSummary(report: RunReport, budgetBytes = summaryBudgetBytes): string {
  const { verdict, run } = report;
  const head = [
    `## ${symbols[verdict.verdict]} gauntlet: ${verdict.verdict}`,
    "",
    `${code(run.project)}, profile ${code(run.profile)}, run ${code(run.id)}, ${durationText(run.durationMs)}`,
    "",
    "| suite | verdict | passed | failed | broken | skipped | flaky |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ...verdict.suites.map(
      ({ suite, verdict: found, counts }) =>
        `| ${inline(suite)} | ${symbols[found]} ${found} | ${counts.passed} | ${counts.failed} | ${counts.broken} | ${counts.skipped} | ${counts.flaky} |`,
    ),
    "",
  ].join("\n");
  const foot = `\nAgain: ${code(run.command)}\n`;
  const whys = whysOf(report).map(whySection);
  return withinBudget(head, whys.length === 0 ? [] : ["### What did not pass\n", ...whys], foot, budgetBytes);
}

const symbols: Readonly<Record<Verdict, string>> = {
  PASS: "✅",
  WARN: "🟡",
  INCONCLUSIVE: "❔",
  ERROR: "💥",
  FAIL: "❌",
};

function whySection({ rule, where, details, command }: Why): string {
  return [
    `- ${symbols[rule.verdict]} **${inline(where)} / ${inline(rule.rule)}**: ${inline(rule.sentence)}`,
    ...details.map((detail) => `  - ${inline(detail)}`),
    `  - again: ${code(command)}`,
    "",
  ].join("\n");
}

function withinBudget(head: string, parts: readonly string[], foot: string, budgetBytes: number): string {
  const notice = (left: number) => `\n… and ${left} more: see the full report.\n`;
  const reserve = Buffer.byteLength(foot) + Buffer.byteLength(notice(parts.length));
  let text = head;
  let size = Buffer.byteLength(head);
  for (const [index, part] of parts.entries()) {
    size += Buffer.byteLength(part) + 1;
    if (size + reserve > budgetBytes) {
      return cut(`${text}${notice(parts.length - index)}${foot}`, budgetBytes);
    }
    text += `\n${part}`;
  }
  return cut(`${text}${foot}`, budgetBytes);
}

function cut(text: string, budgetBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= budgetBytes
    ? text
    : bytes
        .subarray(0, budgetBytes - 4)
        .toString("utf8")
        .replace(/\ufffd+$/, "");
}

/** Text that stays text: no markup, no mention of people or issues, one line. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]<>|#~]/g, (char) => (char === "<" ? "&lt;" : char === ">" ? "&gt;" : `\\${char}`))
    .replace(/@(?=\w)/g, "@\u200b");
}

/** A code span whose fence is longer than any run of backticks inside. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${text.replace(/\s+/g, " ").replaceAll("|", "\\|")}${pad}${fence}`;
}
