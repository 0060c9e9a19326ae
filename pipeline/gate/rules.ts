import { z } from "zod";
import { limitSchema } from "./limit.ts";

/** Statistics a threshold can ask for. `rate` is the share of yes in a yes-or-no metric. */
export const stats = ["count", "min", "mean", "p50", "p95", "p99", "max", "rate"] as const;
export type Stat = (typeof stats)[number];

const name = z.string().min(1).optional();
const suite = z.string().min(1);
/** False: whatever the rule finds, it is WARN at most. */
const blocking = z.boolean().default(true);
const labels = z.record(z.string(), z.string()).default({});

/** A statistic of a metric stays within a limit. */
export const thresholdRuleSchema = z.strictObject({
  kind: z.literal("threshold"),
  name,
  suite,
  metric: z.string().min(1),
  stat: z.enum(stats),
  limit: limitSchema,
  /** Only records that carry these labels count. */
  labels,
  minSamples: z.number().int().min(1).default(1),
  blocking,
});

/** No test failed or broke; a pass on retry is WARN. In the place of the implicit rule of that suite, or of every suite. */
export const testsRuleSchema = z.strictObject({
  kind: z.literal("tests"),
  name,
  suite: suite.optional(),
  blocking,
});

/** There is enough evidence: so many tests were executed, so many samples of a metric taken. */
export const presenceRuleSchema = z
  .strictObject({
    kind: z.literal("presence"),
    name,
    suite,
    minTests: z.number().int().min(1).optional(),
    metric: z.string().min(1).optional(),
    labels,
    minSamples: z.number().int().min(1).optional(),
    blocking,
  })
  .refine((rule) => rule.minSamples === undefined || rule.metric !== undefined, {
    message: "minSamples needs the metric it counts",
    path: ["minSamples"],
  });

/** The gate's rules as people write them in the configuration. */
export const gateRuleSchema = z.discriminatedUnion("kind", [
  thresholdRuleSchema,
  testsRuleSchema,
  presenceRuleSchema,
]);

export type GateRule = z.infer<typeof gateRuleSchema>;
/** Before defaults. */
export type GateRuleInput = z.input<typeof gateRuleSchema>;
export type ThresholdRule = z.infer<typeof thresholdRuleSchema>;
export type TestsRule = z.infer<typeof testsRuleSchema>;
export type PresenceRule = z.infer<typeof presenceRuleSchema>;

/** What a result is called when the rule has no name of its own. */
export function ruleName(rule: GateRule): string {
  if (rule.name !== undefined) return rule.name;
  switch (rule.kind) {
    case "threshold":
      return `${rule.metric}${labelText(rule.labels)} ${rule.stat} ${rule.limit.replace(/\s+/g, "")}`;
    case "tests":
      return "tests";
    case "presence":
      return rule.metric === undefined ? "presence" : `presence of ${rule.metric}${labelText(rule.labels)}`;
  }
}

/** `{tenant="acme"}`, sorted; nothing without labels. */
export function labelText(labelSet: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labelSet)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}="${value}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
