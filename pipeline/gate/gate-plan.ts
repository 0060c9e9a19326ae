import { z } from "zod";
import { gateRuleSchema } from "./rules.ts";

/** The part of a plan the gate needs. The pipeline's own plan satisfies it. */
export const gatePlanSchema = z.object({
  /** Each must have left a bundle with at least `minTests` (1) executed tests. */
  suites: z.array(
    z.object({ name: z.string().min(1), runner: z.string(), minTests: z.number().int().min(1).optional() }),
  ),
  /** Only rules whose suite is planned: any other finds no evidence and is INCONCLUSIVE. See `rulesOfSuites`. */
  rules: z.array(gateRuleSchema),
});

export type GatePlan = z.infer<typeof gatePlanSchema>;

/** A fact about the run itself that no suite can know. */
export const gateConditionSchema = z.strictObject({
  /**
   * `stage-failed`: a stage broke (ERROR). `cleanup-failed`: something was left behind. `drift`: the system changed while it was
   * measured. `interrupted`: the run was called off. The last three are INCONCLUSIVE.
   */
  kind: z.enum(["stage-failed", "cleanup-failed", "drift", "interrupted"]),
  /** What happened to what, for people. */
  sentence: z.string().min(1),
});

export type GateCondition = z.infer<typeof gateConditionSchema>;

/** A value that was accepted before, exported from the results store. */
export const baselineSchema = z.strictObject({
  suite: z.string().min(1),
  metric: z.string().min(1),
  stat: z.string().min(1),
  labels: z.record(z.string(), z.string()).default({}),
  value: z.number(),
  samples: z.number().int().min(1),
});

export type Baseline = z.infer<typeof baselineSchema>;

/** The rules that concern one of `suites`, and those that concern all. */
export function rulesOfSuites<Rule extends { suite?: string | undefined }>(
  rules: readonly Rule[],
  suites: readonly string[],
): Rule[] {
  return rules.filter((rule) => rule.suite === undefined || suites.includes(rule.suite));
}
