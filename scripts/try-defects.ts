import { join } from "node:path";
import { z } from "zod";
import { runCommand } from "#core/command";
import { loadDocument } from "#core/documents";
import { table } from "#core/table";
import { exitCodes } from "#core/verdict";

/**
 * `npm run defects [-- ID...]`: plants each defect of ObservaStack in turn, runs the suite that must catch it, and
 * expects the gate to turn red. A checker that has never been seen to find anything is decoration.
 */
const root = join(import.meta.dirname, "..");
const { defects } = await loadDocument(
  join(root, "environments/observastack/defects.yaml"),
  "Defects",
  z.object({ defects: z.array(z.looseObject({ id: z.string(), suite: z.string() })) }),
);
const wanted = process.argv.slice(2);
const chosen = defects.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const rows: string[][] = [];

for (const { id, suite } of chosen) {
  const startMs = Date.now();
  process.stderr.write(`${id}: running ${suite}\n`);
  const { exitCode, stdout } = await runCommand(
    process.execPath,
    [join(root, "scripts/gauntlet.cjs"), "run", "pr", "--suite", suite, "--json"],
    { cwd: root, env: { OBSERVASTACK_DEFECTS: id }, accept: Object.values(exitCodes) },
  );
  const seconds = `${Math.round((Date.now() - startMs) / 1000)} s`;
  rows.push([
    id,
    suite,
    exitCode === exitCodes.failed ? "caught" : `MISSED (exit ${exitCode})`,
    seconds,
    firstFinding(stdout),
  ]);
}

process.stdout.write(`${table(["defect", "suite", "outcome", "time", "by"], rows)}\n`);
const missed = rows.filter(([, , outcome]) => outcome !== "caught").length;
process.stdout.write(`${rows.length - missed} caught, ${missed} missed\n`);
if (missed > 0 || rows.length === 0) process.exitCode = exitCodes.failed;

function firstFinding(json: string): string {
  try {
    const { verdict } = JSON.parse(json) as { verdict: { rules: { verdict: string; sentence: string }[] } };
    return verdict.rules.find((rule) => rule.verdict === "FAIL")?.sentence.slice(0, 110) ?? "";
  } catch {
    return "";
  }
}
