import { mergeBundles, type SuiteEvidence } from "../bundle/merge-bundles.ts";
import type { TestOutcome } from "../bundle/outcomes.ts";
import { titleText } from "../bundle/test-identity.ts";
import { writeInside } from "../inside-folder.ts";
import type { RuleResult } from "../verdict/verdict-document.ts";
import { type RunReport, readableOutcomes } from "./run-report.ts";

/** Writes `junit.xml`; returns its path. */
export function writeJUnit(folder: string, report: RunReport): Promise<string> {
  return writeInside(folder, "junit.xml", junitXml(report));
}

/**
 * One testsuite per suite, one testcase per test (its last attempt), and a testsuite `gate` with a testcase per rule, so that a
 * crossed threshold shows in tools that know nothing but JUnit.
 */
export function junitXml({ verdict, bundles, run }: RunReport): string {
  const suites = mergeBundles(bundles).map(testSuite);
  const gate = suiteElement({ name: "gate", startedAt: run.startedAt }, verdict.rules.map(ruleCase));
  const parts = [...suites, gate];
  const total = (key: "tests" | "failures" | "errors" | "skipped") =>
    parts.reduce((sum, part) => sum + part.counts[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element(
      "testsuites",
      {
        name: `gauntlet ${run.project} ${run.profile}`,
        tests: total("tests"),
        failures: total("failures"),
        errors: total("errors"),
        skipped: total("skipped"),
        time: seconds(run.durationMs),
        timestamp: run.startedAt,
      },
      parts.map(({ xml }) => xml).join("\n"),
    ),
    "",
  ].join("\n");
}

interface TestCase {
  kind: "passed" | "failures" | "errors" | "skipped";
  durationMs: number;
  xml: string;
}

function testSuite(suite: SuiteEvidence) {
  const startedAt = suite.tests.map((test) => test.startedAt).sort()[0];
  return suiteElement({ name: suite.suite, startedAt }, readableOutcomes(suite.tests).map(testCase));
}

function suiteElement(head: { name: string; startedAt: string | undefined }, cases: readonly TestCase[]) {
  const having = (kind: TestCase["kind"]) => cases.filter((one) => one.kind === kind).length;
  const counts = {
    tests: cases.length,
    failures: having("failures"),
    errors: having("errors"),
    skipped: having("skipped"),
  };
  const time = seconds(cases.reduce((sum, one) => sum + one.durationMs, 0));
  const attributes = { name: head.name, ...counts, time, timestamp: head.startedAt };
  return { counts, xml: element("testsuite", attributes, cases.map(({ xml }) => xml).join("\n")) };
}

function testCase({ record, status, attempts, isFlaky }: TestOutcome): TestCase {
  const durationMs = attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0);
  const properties = [
    ...record.requirements.map((value) => element("property", { name: "requirement", value })),
    ...(isFlaky ? [element("property", { name: "flaky", value: "true" })] : []),
  ];
  const body = [
    properties.length > 0 ? element("properties", {}, properties.join("\n")) : "",
    trouble(status, record.error),
  ];
  const kind = { passed: "passed", failed: "failures", broken: "errors", skipped: "skipped" } as const;
  return {
    kind: kind[status],
    durationMs,
    xml: element(
      "testcase",
      {
        name: titleText(record.title),
        classname: `${record.suite}.${record.file}`,
        file: record.file,
        time: seconds(durationMs),
      },
      body.filter(Boolean).join("\n"),
    ),
  };
}

function trouble(status: TestOutcome["status"], error: TestOutcome["record"]["error"]): string {
  if (status === "passed") return "";
  if (status === "skipped") return element("skipped", {});
  const attributes = { message: error?.message ?? status, type: error?.fingerprint ?? status };
  return element(
    status === "failed" ? "failure" : "error",
    attributes,
    escapeXml(error?.stack ?? error?.message ?? ""),
  );
}

/** WARN passes here: JUnit has no word for it. */
function ruleCase(rule: RuleResult): TestCase {
  const kind =
    rule.verdict === "FAIL"
      ? "failures"
      : rule.verdict === "PASS" || rule.verdict === "WARN"
        ? "passed"
        : "errors";
  const body =
    kind === "passed"
      ? rule.verdict === "WARN"
        ? element("system-out", {}, escapeXml(`WARN: ${rule.sentence}`))
        : ""
      : element(kind === "failures" ? "failure" : "error", { message: rule.sentence, type: rule.verdict });
  return {
    kind,
    durationMs: 0,
    xml: element(
      "testcase",
      { name: rule.rule, classname: `gate.${rule.suite ?? "run"}`, time: seconds(0) },
      body,
    ),
  };
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** `content` is XML already. */
function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${escapeXml(String(value)).replace(/[\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`)}"`,
    )
    .join("");
  if (content === "") return `<${name}${written}/>`;
  return content.startsWith("<")
    ? `<${name}${written}>\n${content}\n</${name}>`
    : `<${name}${written}>${content}</${name}>`;
}

/** Markup escaped; characters that XML 1.0 cannot hold even escaped (section 2.2) become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
