import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { z } from "zod";
import { insideFolder } from "../inside-folder.ts";
import { countsOf } from "./outcomes.ts";
import {
  type BundleStatus,
  type Manifest,
  type MetricRecord,
  manifestSchema,
  metricRecordSchema,
  type TestRecord,
  testRecordSchema,
} from "./records.ts";

/** What one suite, or one shard of it, left behind. */
export interface Bundle {
  readonly folder: string;
  readonly suite: string;
  /** `unknown` without a manifest. */
  readonly runner: string;
  readonly status: BundleStatus | "unreadable";
  /** Why it is not complete; never holds a path outside the bundle. */
  readonly reason?: string;
  readonly manifest?: Manifest;
  /** Of an unreadable bundle: what could be read, for people, never for a verdict. */
  readonly tests: readonly TestRecord[];
  readonly metrics: readonly MetricRecord[];
}

/**
 * Reads and verifies the bundle in `folder`. Never throws for what it finds there: torn, missing, altered or foreign
 * content reads as status `unreadable` with the reason.
 */
export async function readBundle(folder: string): Promise<Bundle> {
  const problems: string[] = [];
  const manifest = await readManifest(folder, problems);
  const tests = await readLines(folder, "tests.jsonl", testRecordSchema, problems);
  const metrics = await readLines(folder, "metrics.jsonl", metricRecordSchema, problems);
  const suite = manifest?.suite ?? tests[0]?.suite ?? basename(resolve(folder));
  if (manifest !== undefined) {
    problems.push(...(await verifyFiles(folder, manifest)));
    if (tests.some((test) => test.suite !== manifest.suite))
      problems.push("tests.jsonl has tests of another suite");
    if (problems.length === 0 && !countsAgree(manifest, tests, metrics)) {
      problems.push("manifest.json counts other results than the bundle holds");
    }
  }
  const content = { folder, suite, runner: manifest?.runner ?? "unknown", tests, metrics };
  if (manifest === undefined || problems.length > 0) {
    return {
      ...content,
      ...(manifest === undefined ? {} : { manifest }),
      status: "unreadable",
      reason: problems[0] ?? "manifest.json is missing",
    };
  }
  const reason = manifest.reason === undefined ? {} : { reason: manifest.reason };
  return { ...content, ...reason, manifest, status: manifest.status };
}

async function readManifest(folder: string, problems: string[]): Promise<Manifest | undefined> {
  const text = await readText(folder, "manifest.json");
  if (text instanceof Error) {
    problems.push(
      isMissing(text)
        ? "manifest.json is missing: the writer died before it finished, or there is no bundle"
        : `manifest.json cannot be read (${codeOf(text)})`,
    );
    return undefined;
  }
  const checked = manifestSchema.safeParse(parseJson(text));
  if (checked.success) return checked.data;
  problems.push(`manifest.json: ${firstIssue(checked.error)}`);
  return undefined;
}

async function readLines<T>(
  folder: string,
  name: string,
  schema: z.ZodType<T>,
  problems: string[],
): Promise<T[]> {
  const text = await readText(folder, name);
  if (text instanceof Error) {
    problems.push(isMissing(text) ? `${name} is missing` : `${name} cannot be read (${codeOf(text)})`);
    return [];
  }
  if (text === "") return [];
  if (!text.endsWith("\n")) problems.push(`${name} is torn: its last line has no end`);
  const records: T[] = [];
  for (const [index, line] of text.trimEnd().split("\n").entries()) {
    const checked = schema.safeParse(parseJson(line));
    if (checked.success) records.push(checked.data);
    else problems.push(`${name} line ${index + 1}: ${firstIssue(checked.error)}`);
  }
  return records;
}

/** Both line files must be listed: a manifest that forgets one would verify nothing. */
async function verifyFiles(folder: string, manifest: Manifest): Promise<string[]> {
  const listed = new Set(manifest.files.map((file) => file.name));
  const forgotten = ["tests.jsonl", "metrics.jsonl"].filter((name) => !listed.has(name));
  const found = await Promise.all(manifest.files.map((file) => verifyFile(folder, file)));
  return [
    ...forgotten.map((name) => `manifest.json does not list ${name}`),
    ...found.filter((problem) => problem !== undefined),
  ];
}

async function verifyFile(folder: string, file: Manifest["files"][number]): Promise<string | undefined> {
  try {
    const content = await readFile(await insideFolder(folder, file.name));
    const isSame = createHash("sha256").update(content).digest("hex") === file.sha256;
    return isSame ? undefined : `${file.name} is not what was written: its SHA-256 differs from the manifest`;
  } catch (error) {
    return isMissing(error as Error)
      ? `${file.name} is listed but missing`
      : `${file.name} cannot be read (${codeOf(error as Error)})`;
  }
}

function countsAgree(
  manifest: Manifest,
  tests: readonly TestRecord[],
  metrics: readonly MetricRecord[],
): boolean {
  const actual = countsOf(tests, metrics);
  return (Object.keys(actual) as (keyof typeof actual)[]).every(
    (name) => actual[name] === manifest.counts[name],
  );
}

async function readText(folder: string, name: string): Promise<string | Error> {
  try {
    return await readFile(join(folder, name), "utf8");
  } catch (error) {
    return error as Error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const where = issue?.path.map(String).join(".");
  return where ? `${where}: ${issue?.message}` : "not a record of this version";
}

function isMissing(error: Error): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
