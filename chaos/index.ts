export { ChaosError } from "./errors.ts";
export type { ExperimentResult, TimelineEntry, VerdictPart } from "./experiment-result.ts";
export type { Fault, HealContext, Observation, Presence } from "./fault.ts";
export { faults } from "./faults/index.ts";
export { type HttpProbeOptions, httpProbe } from "./http-probe.ts";
export { type ExperimentPlan, planScenario } from "./plan-scenario.ts";
export { type LedgerReplay, type ReplayOptions, replayLedger } from "./replay-ledger.ts";
export { runScenario, type ScenarioContext } from "./run-scenario.ts";
export {
  type ChaosScenario,
  loadScenario,
  type ProbeSettings,
  parseScenario,
  type Tolerance,
} from "./scenario.ts";
export { helperLabel } from "./select-targets.ts";
export type { SteadyState } from "./steady-state.ts";
