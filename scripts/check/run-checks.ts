import { createLimit } from "./limit.ts";

export interface Check {
  name: string;
  run(context: CheckContext): Promise<CheckOutcome>;
}

export interface CheckContext {
  /** The folder of package.json. */
  root: string;
  signal: AbortSignal;
}

export interface CheckOutcome {
  isPassed: boolean;
  /** Said on the check's line, e.g. how much was read. */
  summary?: string;
  /** Shown when it fails. */
  output: string;
}

export interface CheckResult extends CheckOutcome {
  name: string;
  tookMs: number;
}

export interface RunChecksOptions extends CheckContext {
  /** How many run at the same time. */
  atOnce: number;
  write: (text: string) => void;
}

/** Runs all, says one line as each ends and at last the output of those that failed. A check that throws has failed. */
export async function runChecks(
  checks: readonly Check[],
  { atOnce, write, ...context }: RunChecksOptions,
): Promise<CheckResult[]> {
  const limit = createLimit(atOnce);
  const results = await Promise.all(
    checks.map((check) =>
      limit(async () => {
        context.signal.throwIfAborted();
        const result = await runOne(check, context);
        write(lineOf(result));
        return result;
      }),
    ),
  );
  context.signal.throwIfAborted();
  for (const { name, isPassed, output } of results) {
    if (!isPassed) write(`\n--- ${name} ---\n${output.trim() || "failed without output"}\n`);
  }
  return results;
}

async function runOne(check: Check, context: CheckContext): Promise<CheckResult> {
  const startMs = performance.now();
  const outcome = await check.run(context).catch(
    (error: unknown): CheckOutcome => ({
      isPassed: false,
      output: error instanceof Error ? error.message : String(error),
    }),
  );
  return { name: check.name, ...outcome, tookMs: performance.now() - startMs };
}

function lineOf({ name, isPassed, summary, tookMs }: CheckResult): string {
  const about = summary === undefined ? "" : `  ${summary}`;
  return `${isPassed ? "ok  " : "FAIL"}  ${name.padEnd(14)} ${(tookMs / 1000).toFixed(1).padStart(5)} s${about}\n`;
}
