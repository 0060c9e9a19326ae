import { copyFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { runCommand } from "#core/command";
import { waitForLock, writeFileAtomic } from "#core/state";
import { ReportError, unwritable } from "../errors.ts";
import { insideFolder, makeFolder, writeInside } from "../inside-folder.ts";
import type { RunReport } from "../writers/run-report.ts";
import { writeAllureResults } from "./allure-results.ts";

export interface AllureOptions {
  /** Where the `allure` package is looked for; also the place of `.gauntlet/history/allure.jsonl`. */
  projectFolder: string;
  signal?: AbortSignal;
  /** Default two minutes. */
  timeoutMs?: number;
}

/** Runs kept in the history; a file without limit grows past what git hosts accept. */
const historyLimit = 50;

/** Above this the report is many files and needs a static server; below it is one file that opens from disk. */
const singleFileLimitBytes = 30 * 1024 * 1024;

/**
 * Adds the run's results to `<folder>/allure-results` and makes `<folder>/allure-report` from them with the project's own
 * Allure 3, in a process of its own. Returns the page's path. The history is advanced only when the report was made. Throws ReportError.
 */
export async function writeAllureReport(
  folder: string,
  report: RunReport,
  options: AllureOptions,
): Promise<string> {
  const cli = findAllure(options.projectFolder);
  const results = await insideFolder(folder, "allure-results");
  const output = await insideFolder(folder, "allure-report");
  const history = resolve(options.projectFolder, ".gauntlet/history/allure.jsonl");
  await makeFolder(results);
  await makeFolder(dirname(history));
  await writeAllureResults(results, report);
  await using _lock = await waitForLock(`${history}.lock`, {
    purpose: "an Allure report",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const draft = await insideFolder(folder, "allure-history.jsonl");
  const title = `${report.run.project} ${report.run.profile}: ${report.verdict.verdict}`;
  const config = await writeInside(
    folder,
    "allurerc.json",
    JSON.stringify({
      name: title,
      output,
      historyPath: draft,
      historyLimit,
      appendHistory: true,
      plugins: {
        awesome: {
          options: {
            reportName: title,
            singleFile: (await sizeOf(results)) <= singleFileLimitBytes,
            groupBy: ["parentSuite", "suite", "subSuite"],
          },
        },
      },
    }),
  );
  try {
    await copyFile(history, draft).catch(ifNone);
    await rm(output, { recursive: true, force: true });
    await generate(cli, [config, String(historyLimit), results], folder, options);
    const page = join(output, "index.html");
    await withoutTracking(page);
    await writeFileAtomic(history, await lastLines(draft));
    return page;
  } catch (error) {
    throw asReportError(error);
  } finally {
    await Promise.all([config, draft].map((file) => rm(file, { force: true })));
  }
}

async function generate(
  cli: string,
  [config, limit, results]: readonly [string, string, string],
  folder: string,
  { signal, timeoutMs = 120_000 }: AllureOptions,
): Promise<void> {
  await runCommand(
    process.execPath,
    [cli, "generate", "--config", config, "--cwd", folder, "--history-limit", limit, results],
    {
      cwd: folder,
      env: { NO_COLOR: "1", FORCE_COLOR: undefined },
      timeoutMs,
      maxOutputChars: 64_000,
      ...(signal === undefined ? {} : { signal }),
    },
  );
}

/** The package does not export its command, which lies beside its main module's folder. */
function findAllure(projectFolder: string): string {
  for (const base of [join(resolve(projectFolder), "package.json"), import.meta.url]) {
    try {
      return join(dirname(dirname(createRequire(base).resolve("allure"))), "cli.js");
    } catch {
      // the next place
    }
  }
  throw new ReportError(`the package allure is not installed in ${projectFolder}`, {
    code: "ALLURE_MISSING",
    hint: "npm install --save-dev allure@3",
  });
}

/** Allure's pages load a tracker from the network; a report that is opened tells nobody. */
async function withoutTracking(page: string): Promise<void> {
  const html = await readFile(page, "utf8");
  const clean = html
    .replace(/<script[^>]*src="https:\/\/www\.googletagmanager\.com[^"]*"[^>]*><\/script>/g, "")
    .replace(/<script>\s*window\.dataLayer[\s\S]*?<\/script>/g, "");
  if (clean !== html) await writeFile(page, clean);
}

async function lastLines(file: string): Promise<string> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return `${lines.slice(-historyLimit).join("\n")}\n`;
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function ifNone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

function asReportError(error: unknown): unknown {
  if (error instanceof ReportError || !(error instanceof Error)) return error;
  if ("syscall" in error)
    return unwritable((error as NodeJS.ErrnoException).path ?? "the Allure report", error);
  return new ReportError(`the Allure report could not be made: ${error.message}`, {
    code: "ALLURE_FAILED",
    hint: "the results are kept in allure-results; try `npx allure generate` on them",
    cause: error,
  });
}
