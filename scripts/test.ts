import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { coverageByRoom, coverageTable } from "./test/room-coverage.ts";
import { isStopped, runStage } from "./test/stage.ts";
import { countsIn } from "./test/vitest-counts.ts";

/**
 * `npm test`: makes the machine ready, then the static checks, then unit and integration tests with coverage per room.
 * Arguments are vitest's (`npm test -- core/state`); with any, only those tests run and coverage is not judged.
 * Ends with `N passed, N failed`; a failed stage and a room below the floor count as one failed test each.
 */
const root = join(import.meta.dirname, "..");
const folder = join(root, ".gauntlet/test");
const filters = process.argv.slice(2);
process.chdir(root);
process.exitCode = await testAll();

async function testAll(): Promise<number> {
  const ready = await runNode("scripts/gauntlet.cjs", "doctor", "--for", "test", "--install");
  // Tests that need an engine would all fail for the one reason that doctor has just said.
  if (ready !== 0) return finish(0, 1, ready);
  const checked = filters.length === 0 ? await runNode("scripts/check.ts") : 0;
  if (isStopped(checked)) return checked;

  await rm(folder, { recursive: true, force: true });
  const report = join(folder, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const coverage =
    filters.length === 0 ? ["--coverage", `--coverage.reportsDirectory=${folder}/coverage`] : [];
  const tested = await runNode(
    "node_modules/vitest/vitest.mjs",
    "run",
    ...reporters,
    ...coverage,
    ...filters,
  );
  if (isStopped(tested)) return tested;

  const { passed, failed } = countsIn(await readFile(report, "utf8").catch(() => undefined));
  const uncovered = filters.length === 0 ? await roomsBelowFloor() : 0;
  return finish(passed, failed + uncovered + (checked === 0 ? 0 : 1), tested);
}

async function roomsBelowFloor(): Promise<number> {
  try {
    const summary = await readFile(join(folder, "coverage/coverage-summary.json"), "utf8");
    const rooms = coverageByRoom(summary, root);
    process.stdout.write(`\n${coverageTable(rooms)}\n`);
    return rooms.filter((room) => !room.isEnough).length;
  } catch (error) {
    process.stdout.write(`\ncoverage could not be read: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
}

function finish(passed: number, failed: number, exitCode: number): number {
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed > 0 && exitCode === 0 ? 1 : exitCode;
}

function runNode(...args: string[]): Promise<number> {
  return runStage(process.execPath, args);
}
