import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "#core/command";
import { type ReadResults, readVitestReport } from "#reports";
import type { SuiteOf } from "../config/index.ts";
import { SuiteCrashed } from "./errors.ts";
import { ownFile, packageFile } from "./own-path.ts";
import { recordTests } from "./record-tests.ts";
import type { SuiteContext } from "./runner.ts";
import { runSuiteProcess } from "./suite-process.ts";

/** Runs Vitest in a process of its own; its JSON report is the evidence, its exit code only a cross-check. */
export async function runVitest(context: SuiteContext<SuiteOf<"vitest">>): Promise<void> {
  await recordTests(context, await vitestTests(context, context.suite.config.files));
}

/** What Vitest found in `files`, not yet recorded. Throws SuiteCrashed when its report cannot be trusted. */
export async function vitestTests(context: SuiteContext, files: readonly string[]): Promise<ReadResults> {
  const report = join(context.workFolder, "vitest.json");
  const { exitCode, tail } = await execute(context, files, report);
  const text = await readFile(report, "utf8").catch(() => undefined);
  if (text === undefined)
    throw new SuiteCrashed(context.suite.name, `vitest wrote no report (exit ${exitCode}): ${tail}`);
  const json = JSON.parse(text);
  if (json.testResults?.length === 0) {
    throw new SuiteCrashed(context.suite.name, `no test file matches ${files.join(", ")}`);
  }
  const results = readVitestReport(json, { suite: context.suite.name, root: context.projectFolder });
  const hasFailure = results.tests.some((test) => test.status === "failed" || test.status === "broken");
  if (exitCode !== 0 && !hasFailure) {
    throw new SuiteCrashed(
      context.suite.name,
      `vitest exited with ${exitCode} though no test failed: ${tail}`,
    );
  }
  return results;
}

async function execute(context: SuiteContext, files: readonly string[], report: string) {
  const vitest = packageFile(context.projectFolder, "vitest", "vitest.mjs");
  try {
    const result = await runSuiteProcess(
      process.execPath,
      [
        vitest,
        "run",
        "--root",
        context.projectFolder,
        "--config",
        ownFile(import.meta.url, "./suite.vitest.config"),
        "--reporter=json",
        `--outputFile=${report}`,
        `--retry=${context.suite.retries}`,
      ],
      {
        cwd: context.projectFolder,
        env: { ...context.variables, GAUNTLET_SUITE_FILES: JSON.stringify(files) },
        signal: context.signal,
        timeoutMs: context.suite.timeoutMs,
        accept: [0, 1],
      },
    );
    return { exitCode: result.exitCode, tail: result.stderr.slice(-2000) };
  } catch (error) {
    if (error instanceof CommandError && error.code === "COMMAND_FAILED") {
      throw new SuiteCrashed(context.suite.name, error.message, error);
    }
    throw error;
  }
}
