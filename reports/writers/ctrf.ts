import { mergeBundles, type SuiteEvidence } from "../bundle/merge-bundles.ts";
import type { TestOutcome } from "../bundle/outcomes.ts";
import { titleText } from "../bundle/test-identity.ts";
import { writeInside } from "../inside-folder.ts";
import { type RunReport, readableOutcomes } from "./run-report.ts";

/** Writes `ctrf.json`; returns its path. */
export function writeCtrf(folder: string, report: RunReport): Promise<string> {
  return writeInside(folder, "ctrf.json", `${JSON.stringify(ctrfReport(report), null, 2)}\n`);
}

/** Common Test Report Format (ctrf.io), specification 0.0.0. A broken test is `failed` with raw status `broken`. */
export function ctrfReport({ verdict, bundles, run }: RunReport): object {
  const suites = mergeBundles(bundles);
  const tests = suites.flatMap((suite) =>
    readableOutcomes(suite.tests).map((outcome) => ctrfTest(suite, outcome)),
  );
  const having = (status: string) => tests.filter((test) => test.status === status).length;
  const start = Date.parse(run.startedAt);
  return {
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    generatedBy: "gauntlet",
    results: {
      tool: { name: "gauntlet" },
      summary: {
        tests: tests.length,
        passed: having("passed"),
        failed: having("failed"),
        pending: 0,
        skipped: having("skipped"),
        other: 0,
        flaky: tests.filter((test) => test.flaky).length,
        suites: suites.length,
        start,
        stop: start + Math.round(run.durationMs),
      },
      tests,
      environment: { appName: run.project, buildName: run.profile },
      extra: { verdict: verdict.verdict, rules: verdict.rules },
    },
  };
}

function ctrfTest(suite: SuiteEvidence, { record, status, isFlaky, attempts }: TestOutcome) {
  const start = Date.parse(attempts[0]?.startedAt ?? record.startedAt);
  const duration = Math.round(attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0));
  return {
    name: titleText(record.title),
    status: status === "broken" ? "failed" : status,
    rawStatus: status,
    duration,
    start,
    stop: start + duration,
    suite: [suite.suite],
    filePath: record.file,
    retries: attempts.length - 1,
    flaky: isFlaky,
    tags: record.requirements.map((id) => `req:${id}`),
    ...(record.error === undefined ? {} : { message: record.error.message }),
    ...(record.error?.stack === undefined ? {} : { trace: record.error.stack }),
    extra: { id: record.id },
  };
}
