import { verdicts } from "#core/verdict";
import { mergeBundles, type SuiteEvidence } from "../bundle/merge-bundles.ts";
import { outcomesOf, type TestOutcome } from "../bundle/outcomes.ts";
import type { Bundle } from "../bundle/read-bundle.ts";
import type { TestRecord } from "../bundle/records.ts";
import { titleText } from "../bundle/test-identity.ts";
import type { RuleResult, VerdictDocument } from "../verdict/verdict-document.ts";

/** All that a report is made from. */
export interface RunReport {
  verdict: VerdictDocument;
  bundles: readonly Bundle[];
  run: RunFacts;
}

export interface RunFacts {
  id: string;
  project: string;
  profile: string;
  /** ISO time. */
  startedAt: string;
  durationMs: number;
  /** What a person types to see the same again. */
  command: string;
}

/** Why a rule did not pass: the rule's sentence, evidence for it, and what to type to see it again. */
export interface Why {
  rule: RuleResult;
  /** The run's own troubles belong to no suite. */
  where: string;
  details: readonly string[];
  command: string;
}

/** One per rule that did not pass, the gravest first, else in the verdict's order. */
export function whysOf({ verdict, bundles, run }: RunReport): Why[] {
  const evidence = new Map(mergeBundles(bundles).map((suite) => [suite.suite, suite]));
  return verdict.rules
    .filter((rule) => rule.verdict !== "PASS")
    .toSorted((a, b) => verdicts.indexOf(b.verdict) - verdicts.indexOf(a.verdict))
    .map((rule) => {
      const suite = rule.suite === null ? undefined : evidence.get(rule.suite);
      return {
        rule,
        where: rule.suite ?? "run",
        details: suite === undefined || rule.method !== testsMethod ? [] : testDetails(suite),
        command: suite?.command ?? run.command,
      };
    });
}

/** The method of every `tests` rule; only its rows are explained by failures of tests. */
export const testsMethod = "last attempt of each test";

/** In the order people look for them: by file, then title. */
export function readableOutcomes(tests: readonly TestRecord[]): TestOutcome[] {
  const place = ({ record }: TestOutcome) => `${record.file}\n${titleText(record.title)}`;
  return outcomesOf(tests).sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

const shownFailures = 5;

function testDetails(suite: SuiteEvidence): string[] {
  const bad = readableOutcomes(suite.tests)
    .filter(isNoteworthy)
    .sort((a, b) => Number(a.isFlaky) - Number(b.isFlaky));
  const rest = bad.length - shownFailures;
  const lines = bad.slice(0, shownFailures).map(failureLine);
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

function isNoteworthy({ status, isFlaky }: TestOutcome): boolean {
  return status === "failed" || status === "broken" || isFlaky;
}

/** `login > refuses a wrong password (login.spec.ts): expected 401, received 200` */
export function failureLine({ record, isFlaky, attempts }: TestOutcome): string {
  const error = isFlaky ? attempts.find((attempt) => attempt.error !== undefined)?.error : record.error;
  const message = error === undefined ? "" : `: ${firstLines(error.message)}`;
  return `${isFlaky ? "flaky: " : ""}${titleText(record.title)} (${record.file})${message}`;
}

/** The message's first lines with content, short enough for one line of a report. */
export function firstLines(message: string, limit = 200): string {
  const text = message
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(0, 4)
    .join(" / ");
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

/** `4 m 03 s`, `12.3 s`, `85 ms`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, "0")} s`;
}
