import { UsageError } from "#core/errors";
import type { Target, TargetPool } from "#core/ports";
import { randomStream } from "#core/random";
import type { ChaosScenario } from "./scenario.ts";

/** Containers and processes of our own carry this label and are never disturbed. */
export const helperLabel = "dev.gauntlet.helper";

/** The targets the scenario's fault acts on; the same seed draws the same ones. Throws UsageError when there are none. */
export function selectTargets(scenario: ChaosScenario, targets: TargetPool, seed: number): Target[] {
  const named = scenario.targets.services.map((service) => targets.target(service));
  const eligible = named.filter((target) => !(helperLabel in target.labels));
  if (eligible.length === 0) {
    throw new UsageError(
      `scenario ${scenario.name} has no target: ${named.map((target) => target.service).join(", ")} only help gauntlet itself`,
      { code: "NO_TARGETS", hint: `choose among ${targets.services.join(", ")}` },
    );
  }
  if (scenario.targets.pick === "all") return eligible;
  return [randomStream(seed, "chaos", scenario.name, "target").pick(eligible)];
}
