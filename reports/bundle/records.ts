import { z } from "zod";

/** The version of every line and of the manifest. A reader refuses what it does not know. */
export const bundleVersion = 1;

const version = z.literal(bundleVersion);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");
const text = z.string().min(1);

/** Relative, with forward slashes, never leaving its folder. */
const relativePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith("/") && !/^[A-Za-z]:/.test(path) && !path.includes("\\"), {
    message: "a relative path with forward slashes",
  })
  .refine((path) => !path.split("/").includes(".."), { message: "a path that stays inside the bundle" });

export const attachmentSchema = z.strictObject({ name: text, path: relativePath, sha256 });

export const testErrorSchema = z.strictObject({
  message: z.string(),
  stack: z.string().optional(),
  /** Equal for failures with one cause, whatever their numbers, paths and times. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/, "16 hexadecimal digits"),
});

export const testStatuses = ["passed", "failed", "broken", "skipped"] as const;

/** One attempt at one test: a line of tests.jsonl. `failed` missed its claim, `broken` could not make it. */
export const testRecordSchema = z.strictObject({
  v: version,
  id: z.string().regex(/^[0-9a-f]{16}$/, "16 hexadecimal digits"),
  suite: text,
  /** Relative to the project, with forward slashes. */
  file: z.string(),
  /** From the outermost group to the test's own name. */
  title: z.array(z.string()).min(1),
  requirements: z.array(text),
  /** Counts from 1. */
  attempt: z.number().int().min(1),
  status: z.enum(testStatuses),
  startedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  error: testErrorSchema.optional(),
  attachments: z.array(attachmentSchema),
});

/** Cumulative counts at rising bounds, as in Prometheus; the last bound holds all. Counts need not be whole. */
export const histogramSchema = z
  .strictObject({
    count: z.number().nonnegative(),
    sum: z.number(),
    min: z.number().optional(),
    max: z.number().optional(),
    buckets: z.array(z.strictObject({ le: z.number(), count: z.number().nonnegative() })),
  })
  .refine(({ buckets }) => buckets.every((bucket, index) => isAfter(bucket, buckets[index - 1])), {
    message: "bounds must rise and cumulative counts must not fall",
    path: ["buckets"],
  });

/**
 * `distribution`: one value per event. `rate`: 1 for yes, 0 for no. `gauge`: readings of a level.
 * `counter`: totals, added up when merged.
 */
export const metricKinds = ["distribution", "rate", "gauge", "counter"] as const;

const metricHead = {
  v: version,
  name: text,
  /** UCUM: `ms`, `By`, `1`, `{request}`, `/s`. */
  unit: text,
  labels: z.record(z.string(), z.string()),
  kind: z.enum(metricKinds),
};

/** A line of metrics.jsonl: raw samples or, where there are too many or only a summary exists, a histogram. */
export const metricRecordSchema = z.union([
  z.strictObject({ ...metricHead, samples: z.array(z.number()) }),
  z.strictObject({ ...metricHead, histogram: histogramSchema }),
]);

export const bundleStatuses = ["complete", "crashed", "timed-out", "cancelled"] as const;

export const countsSchema = z.strictObject({
  tests: z.number().int().nonnegative(),
  passed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  broken: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** Of the passed: those that needed more than one attempt. */
  flaky: z.number().int().nonnegative(),
  attempts: z.number().int().nonnegative(),
  metrics: z.number().int().nonnegative(),
});

/** manifest.json, written last: a bundle without one has a writer that died. */
export const manifestSchema = z
  .strictObject({
    v: version,
    suite: text,
    runner: text,
    status: z.enum(bundleStatuses),
    /** Why it is not complete. */
    reason: z.string().optional(),
    startedAt: z.iso.datetime(),
    durationMs: z.number().nonnegative(),
    /** Which part of the suite this is; absent when it is all of it. */
    shard: z
      .strictObject({ index: z.number().int().min(1), total: z.number().int().min(1) })
      .refine(({ index, total }) => index <= total, { message: "index must not exceed total" })
      .optional(),
    counts: countsSchema,
    files: z.array(z.strictObject({ name: relativePath, sha256, bytes: z.number().int().nonnegative() })),
    /** What a person types to see the same again. */
    command: z.string().optional(),
  })
  .refine(({ status, reason }) => status === "complete" || (reason ?? "") !== "", {
    message: "needed when the bundle is not complete",
    path: ["reason"],
  });

export type TestStatus = (typeof testStatuses)[number];
export type TestRecord = z.infer<typeof testRecordSchema>;
export type TestError = z.infer<typeof testErrorSchema>;
export type Attachment = z.infer<typeof attachmentSchema>;
export type MetricRecord = z.infer<typeof metricRecordSchema>;
export type MetricKind = (typeof metricKinds)[number];
export type Histogram = z.infer<typeof histogramSchema>;
export type BundleStatus = (typeof bundleStatuses)[number];
export type BundleCounts = z.infer<typeof countsSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

interface Bucket {
  le: number;
  count: number;
}

function isAfter(bucket: Bucket, before: Bucket | undefined): boolean {
  return before === undefined || (bucket.le > before.le && bucket.count >= before.count);
}
