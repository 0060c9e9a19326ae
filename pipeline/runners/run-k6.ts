import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { CommandError } from "#core/command";
import { connectionOf } from "#core/environment";
import { UsageError } from "#core/errors";
import { readK6Summary } from "#reports";
import type { SuiteOf } from "../config/index.ts";
import { SuiteCrashed } from "./errors.ts";
import { ownFile } from "./own-path.ts";
import { recordTests } from "./record-tests.ts";
import type { SuiteContext } from "./runner.ts";
import { runSuiteProcess } from "./suite-process.ts";

const trendStats = "avg,min,med,max,p(90),p(95),p(99),count";

/** k6's exit code when thresholds were crossed: a result, not a crash. */
const thresholdsCrossed = 99;

/** Runs a k6 script, the team's or the built-in ramp; thresholds and checks become tests, its trends metrics. */
export async function runK6(context: SuiteContext<SuiteOf<"k6">>): Promise<void> {
  const { k6 } = context.tools;
  if (k6 === undefined) {
    throw new UsageError("k6 was not found", { code: "K6_MISSING", hint: "run `gauntlet doctor --install`" });
  }
  const summary = join(context.workFolder, "k6-summary.json");
  const script = context.suite.config.script;
  const args = [
    "run",
    "--quiet",
    "--no-color",
    "--no-usage-report",
    `--summary-export=${summary}`,
    `--summary-trend-stats=${trendStats}`,
  ];
  const output = await runSuiteProcess(
    k6,
    [
      ...args,
      script === undefined
        ? ownFile(import.meta.url, "../checks/load.k6")
        : resolve(context.projectFolder, script),
    ],
    {
      cwd: context.projectFolder,
      env: { ...context.variables, ...(script === undefined ? builtInSettings(context) : {}) },
      signal: context.signal,
      timeoutMs: context.suite.timeoutMs,
      accept: [0, thresholdsCrossed],
    },
  ).catch((error: unknown) => {
    if (error instanceof CommandError && error.code === "COMMAND_FAILED") {
      throw new SuiteCrashed(context.suite.name, error.message, error);
    }
    throw error;
  });
  const text = await readFile(summary, "utf8").catch(() => undefined);
  if (text === undefined)
    throw new SuiteCrashed(context.suite.name, `k6 wrote no summary: ${output.stderr.slice(-2000)}`);
  const results = readK6Summary(JSON.parse(text), {
    suite: context.suite.name,
    file: script ?? "gauntlet/load",
    startedAt: new Date(Date.now() - output.durationMs).toISOString(),
    durationMs: output.durationMs,
    exitCode: output.exitCode,
  });
  await recordTests(context, results);
}

function builtInSettings({ environment, suite }: SuiteContext<SuiteOf<"k6">>): Record<string, string> {
  const urls = (suite.config.urls ?? []).map(({ service, target, path }) => {
    const { host, port } = connectionOf(environment.descriptor, service, target);
    return `http://${host}:${port}${path}`;
  });
  const { durationSeconds, virtualUsers } = suite.config;
  return { GAUNTLET_LOAD: JSON.stringify({ urls, durationSeconds, virtualUsers }) };
}
