import type { TargetPool } from "#core/ports";
import { faultOf } from "./faults/index.ts";
import type { ChaosScenario } from "./scenario.ts";
import { selectTargets } from "./select-targets.ts";

export interface ExperimentPlan {
  scenario: string;
  seed: number;
  services: string[];
  /** What would be done, in order, as sentences. */
  steps: string[];
}

/** The dry run: everything is chosen and read as in a real run, and nothing is done. Throws UsageError like a real one. */
export async function planScenario(
  scenario: ChaosScenario,
  context: { targets: TargetPool; seed: number },
): Promise<ExperimentPlan> {
  const seed = scenario.seed ?? context.seed;
  const chosen = selectTargets(scenario, context.targets, seed);
  const { tolerance, warmupMs } = scenario.steadyState;
  const actions = scenario.method.flatMap(({ phase, fault }) =>
    chosen.map(async (target) => {
      const state = await target.inspect();
      const note = state.isRunning ? "" : " (not running now)";
      return `phase ${phase}: ${faultOf(fault).describe(fault, target.service)}${note}`;
    }),
  );
  return {
    scenario: scenario.name,
    seed,
    services: chosen.map((target) => target.service),
    steps: [
      `load for ${warmupMs} ms, then steady state over ${tolerance.windowMs} ms`,
      ...(await Promise.all(actions)),
      `recovery within ${scenario.expect.recoversWithinMs} ms: ${scenario.expect.consecutiveSuccesses} successful requests in a row`,
      `steady state over ${tolerance.windowMs} ms`,
      "heal",
    ],
  };
}
