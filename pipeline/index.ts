export {
  type CheckedConfig,
  defineConfig,
  describeConfig,
  type GauntletConfig,
  type LoadedConfig,
  loadConfig,
  type ValidProject,
  validateProject,
} from "./config/index.ts";
export * as doctor from "./doctor/index.ts";
export { selftestGate } from "./gate/index.ts";
export { type Initialised, initProject } from "./init/init-project.ts";
export { type Plan, type PlannedSuite, parseShard, planRun, renderPlan, type Shard } from "./plan/index.ts";
export { type CoverageRow, coverRequirements } from "./run/cover-requirements.ts";
export { type Judged, judgeRuns } from "./run/judge.ts";
export { type ProvidedEnvironment, provideEnvironment } from "./run/provide-environment.ts";
export { type RunOptions, type RunOutcome, runPlan } from "./run/run-plan.ts";
