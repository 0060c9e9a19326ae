import type { SuiteConfig } from "../config/index.ts";
import { runChaos } from "./run-chaos.ts";
import { runDrillSuite } from "./run-drill.ts";
import { runK6 } from "./run-k6.ts";
import { runPlaywright } from "./run-playwright.ts";
import { runSmoke } from "./run-smoke.ts";
import { runVitest } from "./run-vitest.ts";
import type { SuiteContext, SuiteRunner } from "./runner.ts";

type Runners = { [Name in SuiteConfig["runner"]]: SuiteRunner<Extract<SuiteConfig, { runner: Name }>> };

const runners: Runners = {
  playwright: runPlaywright,
  vitest: runVitest,
  k6: runK6,
  smoke: runSmoke,
  chaos: runChaos,
  drill: runDrillSuite,
};

export type { SuiteContext, Tools } from "./runner.ts";
export { suiteVariables } from "./suite-variables.ts";

/** Runs a suite with the runner its configuration names. */
export function runSuite(context: SuiteContext): Promise<void> {
  return (runners[context.suite.runner] as SuiteRunner<SuiteConfig>)(context);
}
