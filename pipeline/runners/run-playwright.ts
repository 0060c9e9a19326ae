import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPlaywrightReport } from "#reports";
import type { SuiteOf } from "../config/index.ts";
import { SuiteCrashed } from "./errors.ts";
import { packageFile, packageMain } from "./own-path.ts";
import { recordTests } from "./record-tests.ts";
import type { SuiteContext } from "./runner.ts";
import { runSuiteProcess } from "./suite-process.ts";

/** Runs Playwright in a process of its own; its JSON report is the evidence, Allure results are kept as it writes them. */
export async function runPlaywright(context: SuiteContext<SuiteOf<"playwright">>): Promise<void> {
  const report = join(context.workFolder, "playwright.json");
  const result = await runSuiteProcess(
    process.execPath,
    [
      packageFile(context.projectFolder, "@playwright/test", "cli.js"),
      "test",
      `--config=${context.suite.config.config}`,
      `--reporter=${["json", ...allureReporter(context)].join(",")}`,
      `--output=${join(context.workFolder, "artifacts")}`,
      `--retries=${context.suite.retries}`,
    ],
    {
      cwd: context.projectFolder,
      env: {
        ...context.variables,
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
        ALLURE_RESULTS_DIR: context.allureFolder,
      },
      signal: context.signal,
      timeoutMs: context.suite.timeoutMs,
      accept: [0, 1],
    },
  );
  const text = await readFile(report, "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new SuiteCrashed(
      context.suite.name,
      `playwright wrote no report (exit ${result.exitCode}): ${result.stderr.slice(-2000)}`,
    );
  }
  const results = readPlaywrightReport(JSON.parse(text), {
    suite: context.suite.name,
    root: context.projectFolder,
  });
  await recordTests(context, results);
  const hasFailure = results.tests.some((test) => test.status === "failed" || test.status === "broken");
  if (result.exitCode !== 0 && !hasFailure) {
    throw new SuiteCrashed(
      context.suite.name,
      `playwright exited with ${result.exitCode} though no test failed`,
    );
  }
}

/** Allure's pages are for people, the verdict needs none of them: without its reporter the suite runs all the same. */
function allureReporter({ projectFolder, suite, events }: SuiteContext): string[] {
  const reporter = packageMain(projectFolder, "allure-playwright");
  if (reporter !== undefined) return [reporter];
  const message = `suite ${suite.name} will be missing in the Allure report: npm install --save-dev allure-playwright`;
  events({ type: "warning", message });
  return [];
}
