import { GauntletError } from "#core/errors";
import { exitCodes } from "#core/verdict";
import type { NeedName } from "../doctor/index.ts";
import { isThere, needsFor, provide, renderDoctorReport, toolPaths } from "../doctor/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Tools } from "../runners/index.ts";
import type { Run } from "./run.ts";

/** Finds or installs what the plan needs. Throws GauntletError (exit 4) naming what is missing and the commands that bring it. */
export async function provideTools(run: Pick<Run, "plan" | "options" | "events">): Promise<Tools> {
  const report = await provide(
    needsOf(run.plan),
    {
      install: run.options.install,
      confirm: run.options.confirm,
    },
    { events: run.events, signal: run.options.signal },
  );
  if (!report.isReady) {
    throw new GauntletError(`this machine lacks what the run needs\n${renderDoctorReport(report)}`, {
      code: "DOCTOR",
      hint: "`gauntlet doctor --install` installs it, or run the commands above",
      exitCode: exitCodes.environment,
      cause: report.needs
        .filter((need) => !isThere(need))
        .map((need) => need.reason)
        .join("; "),
    });
  }
  const { k6, chromium } = toolPaths(report);
  return {
    k6,
    chromium: chromium && { executablePath: chromium.executablePath, args: chromium.launchArgs },
  };
}

/** k6 and a browser only where a suite drives them. */
function needsOf(plan: Plan): NeedName[] {
  const runners = new Set(plan.suites.map((suite) => suite.runner));
  return needsFor("run").filter(
    (need) => (need !== "k6" || runners.has("k6")) && (need !== "chromium" || runners.has("playwright")),
  );
}
