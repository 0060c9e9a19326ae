import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError, runCommand } from "#core/command";
import { readVitestReport } from "#reports";
import type { SuiteOf } from "../config/index.ts";
import { SuiteCrashed } from "./errors.ts";
import { ownFile, packageFile } from "./own-path.ts";
import { recordTests } from "./record-tests.ts";
import type { SuiteContext } from "./runner.ts";

/** Runs Vitest in a process of its own; its JSON report is the evidence, its exit code only a cross-check. */
export async function runVitest(context: SuiteContext<SuiteOf<"vitest">>): Promise<void> {
  await runVitestFiles(context, context.suite.config.files);
}

export async function runVitestFiles(context: SuiteContext, files: readonly string[]): Promise<void> {
  const report = join(context.workFolder, "vitest.json");
  const { exitCode, tail } = await execute(context, files, report);
  const text = await readFile(report, "utf8").catch(() => undefined);
  if (text === undefined)
    throw new SuiteCrashed(context.suite.name, `vitest wrote no report (exit ${exitCode}): ${tail}`);
  const results = readVitestReport(JSON.parse(text), {
    suite: context.suite.name,
    root: context.projectFolder,
  });
  await recordTests(context, results);
  const hasFailure = results.tests.some((test) => test.status === "failed" || test.status === "broken");
  if (exitCode !== 0 && !hasFailure) {
    throw new SuiteCrashed(
      context.suite.name,
      `vitest exited with ${exitCode} though no test failed: ${tail}`,
    );
  }
}

async function execute(context: SuiteContext, files: readonly string[], report: string) {
  const vitest = packageFile(context.projectFolder, "vitest", "vitest.mjs");
  try {
    const result = await runCommand(
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
        ...files,
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
