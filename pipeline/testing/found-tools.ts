import { GauntletError } from "#core/errors";
import { createLog } from "#core/log";
import { examine, toolPaths } from "../doctor/index.ts";
import type { Tools } from "../runners/runner.ts";

/** k6 and the browser as doctor finds them. Throws GauntletError where one is missing: a test without its tool proves nothing. */
export async function foundTools(): Promise<{ k6: string; chromium: NonNullable<Tools["chromium"]> }> {
  const report = await examine(["k6", "chromium"], { log: createLog({ write: () => {} }) });
  const { k6, chromium } = toolPaths(report);
  if (k6 === undefined || chromium === undefined) {
    throw new GauntletError("these tests need k6 and a browser", {
      code: "TOOLS_MISSING",
      hint: "run `npx gauntlet doctor --install`",
    });
  }
  return { k6, chromium: { executablePath: chromium.executablePath, args: chromium.launchArgs } };
}
