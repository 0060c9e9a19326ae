import { z } from "zod";
import { type Verdict, verdicts } from "#core/verdict";
import { countsSchema } from "../bundle/records.ts";

const verdictSchema = z.enum(verdicts as readonly [Verdict, ...Verdict[]]);

/** What one rule found. The sentence stands alone: it names suite-independent subject, observed value and limit. */
export const ruleResultSchema = z.strictObject({
  /** Unique within the document together with `suite`. */
  rule: z.string().min(1),
  /** Null for what concerns the run as a whole. */
  suite: z.string().nullable(),
  verdict: verdictSchema,
  /** A rule that does not block gives WARN at most. */
  blocking: z.boolean(),
  observed: z.number().nullable(),
  limit: z.string().nullable(),
  /** How many observations the verdict rests on. */
  samples: z.number().nonnegative(),
  method: z.string(),
  baseline: z.number().nullable(),
  sentence: z.string().min(1),
});

export const suiteResultSchema = z.strictObject({
  suite: z.string().min(1),
  verdict: verdictSchema,
  /** `missing` when no bundle was given. */
  status: z.enum(["complete", "crashed", "timed-out", "cancelled", "unreadable", "missing"]),
  runner: z.string(),
  isPlanned: z.boolean(),
  /** Of tests; how they were spread over shards does not show. */
  counts: countsSchema.omit({ attempts: true, metrics: true }),
});

/** verdict.json: what the gate decided. No clock, host or path in it. */
export const verdictDocumentSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal("Verdict"),
  verdict: verdictSchema,
  suites: z.array(suiteResultSchema),
  rules: z.array(ruleResultSchema),
});

export type RuleResult = z.infer<typeof ruleResultSchema>;
export type SuiteResult = z.infer<typeof suiteResultSchema>;
export type VerdictDocument = z.infer<typeof verdictDocumentSchema>;
