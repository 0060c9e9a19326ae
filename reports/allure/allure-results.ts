import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Bundle } from "../bundle/read-bundle.ts";
import type { TestRecord } from "../bundle/records.ts";
import { titleText } from "../bundle/test-identity.ts";
import { insideFolder, writeInside } from "../inside-folder.ts";
import { statusOfVerdict } from "../verdict/status-of-verdict.ts";
import type { RuleResult } from "../verdict/verdict-document.ts";
import type { RunReport } from "../writers/run-report.ts";

/**
 * Writes the run's results into `folder` in Allure's format: tests of suites whose runner has not written its own there (Playwright's
 * reporter does), and one result per gate rule, so that thresholds have a history too.
 */
export async function writeAllureResults(folder: string, report: RunReport): Promise<void> {
  const hasPlaywright = await hasResultsOf(folder, "playwright");
  for (const bundle of report.bundles) {
    if (bundle.runner === "playwright" && hasPlaywright) continue;
    for (const test of bundle.tests) {
      await writeInside(folder, ...asFile(allureTest(test, await copyAttachments(folder, bundle, test))));
    }
  }
  for (const rule of report.verdict.rules) await writeInside(folder, ...asFile(allureRule(rule, report)));
}

interface AllureResult {
  uuid: string;
  [key: string]: unknown;
}

function asFile(result: AllureResult): [string, string] {
  return [`${result.uuid}-result.json`, JSON.stringify(result)];
}

function allureTest(test: TestRecord, attachments: readonly object[]): AllureResult {
  const start = Date.parse(test.startedAt);
  const [name = "", ...groups] = test.title.map((part) => titleText([part])).toReversed();
  return {
    uuid: uuidOf(test.suite, test.id, test.attempt, test.startedAt),
    historyId: hashOf("test", test.id),
    testCaseId: hashOf("test", test.id),
    fullName: `${test.suite}: ${test.file}: ${titleText(test.title)}`,
    titlePath: [test.suite, test.file, ...groups.toReversed()],
    name,
    status: test.status,
    ...(test.error === undefined
      ? {}
      : { statusDetails: { message: test.error.message, trace: test.error.stack ?? "" } }),
    stage: "finished",
    start,
    stop: start + Math.round(test.durationMs),
    labels: [
      { name: "parentSuite", value: test.suite },
      { name: "suite", value: test.file },
      { name: "subSuite", value: groups.toReversed().join(" > ") },
      ...test.requirements.map((id) => ({ name: "tag", value: `req:${id}` })),
    ].filter(({ value }) => value !== ""),
    attachments,
    steps: [],
    parameters: [],
    links: [],
  };
}

function allureRule(rule: RuleResult, { run }: RunReport): AllureResult {
  const stop = Date.parse(run.startedAt) + Math.round(run.durationMs);
  const suite = rule.suite ?? "run";
  const id = hashOf("rule", suite, rule.rule);
  return {
    uuid: uuidOf("rule", suite, rule.rule, run.id),
    historyId: id,
    testCaseId: id,
    fullName: `gate: ${suite}: ${rule.rule}`,
    titlePath: ["gate", suite],
    name: rule.verdict === "WARN" ? `${rule.rule} (warning)` : rule.rule,
    status: statusOfVerdict[rule.verdict],
    statusDetails: { message: `${rule.verdict}: ${rule.sentence}` },
    stage: "finished",
    start: stop,
    stop,
    labels: [
      { name: "parentSuite", value: "gate" },
      { name: "suite", value: suite },
      { name: "tag", value: rule.verdict },
    ],
    attachments: [],
    steps: [],
    parameters: [],
    links: [],
  };
}

async function copyAttachments(folder: string, bundle: Bundle, test: TestRecord): Promise<object[]> {
  const copied: object[] = [];
  for (const { name, path, sha256 } of test.attachments) {
    const source = `${sha256.slice(0, 32)}-attachment${extname(path)}`;
    const content = await readFile(await insideFolder(bundle.folder, path)).catch(() => undefined);
    if (content === undefined) continue;
    await writeInside(folder, source, content);
    copied.push({ name, source, type: typesByEnding[extname(path)] ?? "application/octet-stream" });
  }
  return copied;
}

const typesByEnding: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".log": "text/plain",
  ".md": "text/markdown",
  ".json": "application/json",
  ".html": "text/html",
  ".csv": "text/csv",
  ".xml": "application/xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".svg": "image/svg+xml",
  ".webm": "video/webm",
  ".zip": "application/zip",
};

async function hasResultsOf(folder: string, framework: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith("-result.json"))) {
    const text = await readFile(join(folder, name), "utf8").catch(() => "");
    if (text.includes(`"${framework}"`) && /"name"\s*:\s*"framework"/.test(text)) return true;
  }
  return false;
}

function hashOf(...parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** From content, so that writing twice gives one result. */
function uuidOf(...parts: readonly (string | number)[]): string {
  return hashOf(...parts).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
