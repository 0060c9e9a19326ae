export { evaluate, type GateInput } from "./evaluate.ts";
export {
  type Baseline,
  baselineSchema,
  type GateCondition,
  type GatePlan,
  gateConditionSchema,
  gatePlanSchema,
  rulesOfSuites,
} from "./gate-plan.ts";
export { type GateRule, type GateRuleInput, gateRuleSchema } from "./rules.ts";
export { type SelftestCase, type SelftestReport, selftestGate } from "./selftest.ts";
