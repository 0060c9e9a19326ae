import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "#core/command";
import type { CheckContext, CheckOutcome } from "./run-checks.ts";

/** The tool and the rules come from here, whichever tree is checked. */
const ours = join(import.meta.dirname, "../..");

const folders = [
  ...["core", "environments", "generators", "chaos", "backups", "operations", "reports", "pipeline"],
  ...["scripts", "suites", "bench"],
];

interface CruiseResult {
  modules: readonly { source: string }[];
  summary: {
    violations: readonly Violation[];
    totalDependenciesCruised: number;
    ruleSetUsed: { forbidden: readonly { name: string; comment: string }[] };
  };
}

interface Violation {
  from: string;
  to: string;
  rule: { name: string; severity: string };
  cycle?: readonly { name: string }[];
}

/** Who may import whom, as `.dependency-cruiser.mjs` says. Fails, too, when a folder's sources were not read at all. */
export async function checkRooms({ root, signal }: CheckContext): Promise<CheckOutcome> {
  const present = folders.filter((folder) => existsSync(join(root, folder)));
  // Its exit code is the number of violations, and 0 or 1 on a crash; its JSON is what counts.
  const { stdout, stderr } = await runCommand(
    join(ours, "node_modules/.bin/depcruise"),
    ["--config", join(ours, ".dependency-cruiser.mjs"), "--output-type", "json", ...present],
    { cwd: root, signal, timeoutMs: 120_000, accept: Array.from({ length: 256 }, (_, code) => code) },
  );
  const result = parse(stdout);
  if (!result) return { isPassed: false, output: stderr || "dependency-cruiser gave no result" };
  const unread = await foldersNotRead(root, present, result);
  const problems = [
    ...unread.map((folder) => `${folder}/: none of its sources was read, so no rule was tried on it`),
    ...(result.summary.totalDependenciesCruised === 0 ? ["no import was read at all"] : []),
    ...sentences(result),
  ];
  return {
    isPassed: problems.length === 0,
    summary: `${result.modules.length} files, ${result.summary.totalDependenciesCruised} imports`,
    output: problems.join("\n"),
  };
}

function parse(text: string): CruiseResult | undefined {
  try {
    return JSON.parse(text) as CruiseResult;
  } catch {
    return undefined;
  }
}

/** A reader that does not know the compiler's version skips every source and finds nothing wrong. */
async function foldersNotRead(
  root: string,
  present: readonly string[],
  { modules }: CruiseResult,
): Promise<string[]> {
  const unread: string[] = [];
  for (const folder of present) {
    const hasSources = !(await glob(`${folder}/**/*.ts`, { cwd: root }).next()).done;
    if (hasSources && !modules.some(({ source }) => source.startsWith(`${folder}/`))) unread.push(folder);
  }
  return unread;
}

/** The violations of each rule below the reason for it. */
function sentences({ summary: { violations, ruleSetUsed } }: CruiseResult): string[] {
  return ruleSetUsed.forbidden.flatMap(({ name, comment }) => {
    const broken = violations.filter(({ rule }) => rule.name === name).map(sentenceOf);
    return broken.length === 0 ? [] : [`${name}: ${comment}`, ...broken];
  });
}

function sentenceOf({ from, to, cycle }: Violation): string {
  return `  ${from} -> ${cycle ? cycle.map(({ name }) => name).join(" -> ") : to}`;
}
