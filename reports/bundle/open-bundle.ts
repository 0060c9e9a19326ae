import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "#core/clock";
import { GauntletError } from "#core/errors";
import { ReportError, unwritable } from "../errors.ts";
import { asFileName, insideFolder, makeFolder, writeInside } from "../inside-folder.ts";
import { type Finding, sarifLog } from "../writers/sarif.ts";
import { countsOf } from "./outcomes.ts";
import {
  type Attachment,
  type BundleStatus,
  bundleVersion,
  type Manifest,
  type MetricRecord,
  manifestSchema,
  metricRecordSchema,
  type TestRecord,
  testRecordSchema,
} from "./records.ts";
import { requirementsOf, testId } from "./test-identity.ts";

export interface BundleOptions {
  suite: string;
  /** What ran the suite: `playwright`, `vitest`, `k6`, `builtin`. */
  runner: string;
  shard?: { index: number; total: number };
  clock?: Clock;
}

type Derived = "v" | "id" | "suite" | "requirements" | "attachments";

export type AttachmentSource = string | Uint8Array | { path: string };

/** A TestRecord, or one without what the bundle can work out: id and requirements come from file, title and params. */
export type NewTest = Omit<TestRecord, Derived | "title"> &
  Partial<Pick<TestRecord, "v" | "id" | "suite">> & {
    title: readonly string[];
    requirements?: readonly string[];
    attachments?: readonly Attachment[];
    /** Copied into the bundle and added to `attachments`; a file that is not there is left out. */
    attach?: readonly { name: string; source: AttachmentSource }[];
    params?: Readonly<Record<string, string>>;
  };

type WithoutVersion<T> = T extends unknown ? Omit<T, "v"> & { v?: typeof bundleVersion } : never;

/** A MetricRecord, its version optional. */
export type NewMetric = WithoutVersion<MetricRecord>;

export interface BundleEnd {
  status: BundleStatus;
  /** Why, unless the status is `complete`. */
  reason?: string;
  /** What a person types to see the same again. */
  command?: string;
}

export interface BundleWriter extends AsyncDisposable {
  readonly folder: string;
  /** Appends a line; it survives the death of this process once the promise resolves. Throws GauntletError INVALID_RECORD for what no reader would accept. */
  test(test: NewTest): Promise<TestRecord>;
  metric(metric: NewMetric): Promise<MetricRecord>;
  /** Copies content (or the file at `path`) into the bundle; put the answer into a test's `attachments`. */
  attach(name: string, source: AttachmentSource): Promise<Attachment>;
  /** Writes `findings.sarif`; once. */
  findings(tool: { name: string; version?: string }, findings: readonly Finding[]): Promise<void>;
  /** Writes the manifest. Once only: evidence is not rewritten. */
  finish(end: BundleEnd): Promise<Manifest>;
}

/**
 * Opens a new bundle in `folder`, which is made; refuses a folder that already holds one. Closing without `finish`
 * leaves a bundle without manifest, which every reader takes for the work of a crashed writer.
 */
export async function openBundle(folder: string, options: BundleOptions): Promise<BundleWriter> {
  const clock = options.clock ?? systemClock;
  const started = clock.now();
  await makeFolder(folder);
  const tests = await openLines<TestRecord>(folder, "tests.jsonl");
  const metrics = await openLines<MetricRecord>(folder, "metrics.jsonl").catch(async (error: unknown) => {
    await tests.close();
    await rm(join(folder, "tests.jsonl"), { force: true });
    throw error;
  });
  const attachments = new Map<string, Manifest["files"][number]>();
  const close = () => Promise.all([tests.close(), metrics.close()]);
  let isFinished = false;

  async function attach(name: string, source: AttachmentSource): Promise<Attachment> {
    const content = typeof source === "object" && "path" in source ? await readFile(source.path) : source;
    const digest = createHash("sha256").update(content).digest("hex");
    const path = `attachments/${digest.slice(0, 12)}-${asFileName(name)}`;
    if (!attachments.has(path)) {
      await writeInside(folder, path, content);
      attachments.set(path, describeFile(path, content));
    }
    return { name, path, sha256: digest };
  }

  return {
    folder,
    async test({ params, attach: sources = [], attachments: attached = [], ...test }) {
      const copied: Attachment[] = [];
      for (const { name, source } of sources)
        copied.push(...(await attach(name, source).then(asList, ifMissing)));
      const record = check(testRecordSchema, {
        v: bundleVersion,
        id: testId({ suite: options.suite, file: test.file, title: test.title, params }),
        suite: options.suite,
        requirements: requirementsOf(test.title),
        attachments: [...attached, ...copied],
        ...test,
      });
      if (record.suite !== options.suite) {
        throw invalid(`a test of suite ${record.suite} does not belong into the bundle of ${options.suite}`);
      }
      await tests.append(record);
      return record;
    },
    async metric(metric) {
      const record = check(metricRecordSchema, { v: bundleVersion, ...metric });
      await metrics.append(record);
      return record;
    },
    attach,
    async findings(tool, findings) {
      if (attachments.has(findingsFile))
        throw invalid(`the findings of ${options.suite} are already written`);
      const text = `${JSON.stringify(sarifLog(tool, findings), null, 2)}\n`;
      await writeInside(folder, findingsFile, text);
      attachments.set(findingsFile, describeFile(findingsFile, text));
    },
    async finish(end) {
      if (isFinished) throw invalid(`the bundle of ${options.suite} is already finished`);
      isFinished = true;
      const manifest = check(manifestSchema, {
        v: bundleVersion,
        suite: options.suite,
        runner: options.runner,
        startedAt: new Date(started).toISOString(),
        durationMs: Math.max(0, clock.now() - started),
        ...(options.shard === undefined ? {} : { shard: options.shard }),
        counts: countsOf(tests.records, metrics.records),
        files: [
          await tests.close(),
          await metrics.close(),
          ...[...attachments.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
        ],
        ...end,
        ...(end.status !== "complete" && !end.reason ? { reason: "no reason was given" } : {}),
      });
      await writeInside(folder, "manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
      return manifest;
    },
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

const findingsFile = "findings.sarif";

function describeFile(name: string, content: string | Uint8Array): Manifest["files"][number] {
  return {
    name,
    sha256: createHash("sha256").update(content).digest("hex"),
    bytes: Buffer.byteLength(content),
  };
}

interface Lines<T> {
  readonly records: readonly T[];
  append(record: T): Promise<void>;
  /** Idempotent; the digest of all that was written. */
  close(): Promise<Manifest["files"][number]>;
}

/** Lines go out one after the other, so that two callers never interleave. */
async function openLines<T>(folder: string, name: string): Promise<Lines<T>> {
  const path = await insideFolder(folder, name);
  let file: FileHandle;
  try {
    file = await open(path, "ax");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(path, cause);
    throw new ReportError(`${folder} already holds a bundle`, {
      code: "BUNDLE_EXISTS",
      hint: "remove the folder, or write to another: evidence is never overwritten",
    });
  }
  const hash = createHash("sha256");
  const records: T[] = [];
  let bytes = 0;
  let queue = Promise.resolve();
  let closing: Promise<void> | undefined;
  return {
    records,
    append(record) {
      const line = `${JSON.stringify(record)}\n`;
      const write = queue.then(async () => {
        await file.appendFile(line);
        records.push(record);
        hash.update(line);
        bytes += Buffer.byteLength(line);
      });
      queue = write.catch(() => {});
      return write.catch((cause: unknown) => {
        throw unwritable(path, cause);
      });
    },
    async close() {
      closing ??= queue.then(async () => {
        await file.sync();
        await file.close();
      });
      await closing;
      return { name, sha256: hash.copy().digest("hex"), bytes };
    },
  };
}

function asList(attachment: Attachment): Attachment[] {
  return [attachment];
}

function ifMissing(error: unknown): Attachment[] {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
  throw error;
}

interface Checker<T> {
  safeParse(value: unknown):
    | { success: true; data: T }
    | {
        success: false;
        error: { message: string; issues: readonly { path: readonly PropertyKey[]; message: string }[] };
      };
}

function check<T>(schema: Checker<T>, value: unknown): T {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issues = checked.error.issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
  throw invalid(`no reader would accept this record: ${issues.join("; ")}`);
}

function invalid(message: string): GauntletError {
  return new GauntletError(message, {
    code: "INVALID_RECORD",
    hint: "this is a defect in what writes the bundle",
  });
}
