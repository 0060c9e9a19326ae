import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "#core/errors";
import {
  type CoverageRow,
  loadRequirements,
  type PassedTest,
  passedTestsOf,
  readBundle,
  readVitestReport,
  requirementCoverage,
} from "#reports";

export type { CoverageRow } from "#reports";

/**
 * Rows of the requirements file with the passing tests behind each, from run folders and Vitest JSON reports; without
 * `results`, from the newest run and the last `npm test`. Throws UsageError when there is nothing to read.
 */
export async function coverRequirements(
  folder: string,
  requirementsFile: string,
  results?: readonly string[],
): Promise<readonly CoverageRow[]> {
  const requirements = await loadRequirements(resolve(folder, requirementsFile));
  const sources = results?.map((path) => resolve(folder, path)) ?? (await newestResults(folder));
  if (sources.length === 0) {
    throw new UsageError("no results to read", {
      code: "NO_RESULTS",
      hint: "run `npm test` or `gauntlet run` first, or name --results",
    });
  }
  const passed = (await Promise.all(sources.map((source) => passedIn(source, folder)))).flat();
  return requirementCoverage(requirements, passed).rows;
}

async function passedIn(source: string, root: string): Promise<PassedTest[]> {
  if (!existsSync(source)) throw new UsageError(`no such results: ${source}`, { code: "NO_RESULTS" });
  if (source.endsWith(".json")) {
    const report = readVitestReport(JSON.parse(await readFile(source, "utf8")), { suite: "unit", root });
    return report.tests.filter((test) => test.status === "passed");
  }
  const names = await readdir(join(source, "bundles"));
  return passedTestsOf(await Promise.all(names.map((name) => readBundle(join(source, "bundles", name)))));
}

async function newestResults(folder: string): Promise<string[]> {
  const runs = await readdir(join(folder, ".gauntlet/runs")).catch(() => []);
  const newest = runs.sort().at(-1);
  return [
    ...(newest === undefined ? [] : [join(folder, ".gauntlet/runs", newest)]),
    join(folder, ".gauntlet/test/vitest.json"),
  ].filter((path) => existsSync(path));
}
