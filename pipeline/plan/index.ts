export { type Plan, type PlannedSuite, type PlanOptions, planRun } from "./plan-run.ts";
export { renderPlan } from "./render-plan.ts";
export { parseShard, type Shard } from "./shard.ts";
