import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { anchorOf } from "#core/clock";
import { describeError, exitCodeForError, GauntletError } from "#core/errors";
import type { RunEventSink } from "#core/ports";
import { type ExitCode, exitCodeOf, exitCodes, type Verdict } from "#core/verdict";
import type { VerdictDocument } from "#reports";
import { type LoadedConfig, resolveSecrets } from "../config/index.ts";
import type { NeedReport } from "../doctor/index.ts";
import type { Plan } from "../plan/index.ts";
import { openEventLog } from "./event-log.ts";
import { judge } from "./judge.ts";
import { keptText } from "./keep-environment.ts";
import { writeReports } from "./reports.ts";
import { type Run, stage } from "./run.ts";
import { asRunFolderError, RunFolder } from "./run-folder.ts";
import { runInEnvironment } from "./run-in-environment.ts";
import { settleLostRuns } from "./settle-lost-runs.ts";

export interface RunOptions {
  /** As typed, for the report. */
  command: string;
  install: boolean;
  /** Asked before anything is installed, when `install` is false. */
  confirm: (missing: readonly NeedReport[]) => Promise<boolean>;
  keepOnFailure: boolean;
  /** The process environment: interpolation, secrets by reference, GitHub's variables. */
  variables: NodeJS.ProcessEnv;
  signal: AbortSignal;
  listeners: readonly RunEventSink[];
  /** Default `.gauntlet/runs` beside the configuration. */
  runsFolder?: string;
}

export interface RunOutcome {
  exitCode: ExitCode;
  verdict: Verdict;
  /** For `--json`. */
  answer: Record<string, unknown>;
  /** For people. */
  summary: string;
}

/** One run, start to end (DESIGN §1). Throws only when it could not come to a verdict; teardown has run by then. */
export async function runPlan(loaded: LoadedConfig, plan: Plan, options: RunOptions): Promise<RunOutcome> {
  const startMs = Date.now();
  const secrets = resolveSecrets(loaded, options.variables);
  const runsFolder = resolve(options.runsFolder ?? `${loaded.folder}/.gauntlet/runs`);
  await settleLostRuns(runsFolder);
  if (options.runsFolder === undefined) await hideFromGit(`${loaded.folder}/.gauntlet`);
  const folder = await RunFolder.create(runsFolder, plan.profile, startMs);
  const log = openEventLog(folder.file("events.jsonl"), options.listeners);
  const run: Run = {
    loaded,
    plan,
    options,
    folder,
    events: log.emit,
    anchor: anchorOf(startMs),
    secrets,
    conditions: [],
  };
  const { profile, seed } = plan;
  log.emit({
    type: "run.started",
    runId: folder.id,
    profile,
    seed,
    anchor: run.anchor,
    command: options.command,
  });
  try {
    await folder.writeJson("plan.json", plan);
    await folder.writeJson("rules.json", plan.rules);
    await folder.writeJson("baselines.json", []);
    await runInEnvironment(run);
    options.signal.throwIfAborted();
    const verdict = await stage(run, "gate", () => judge(folder.path, run.conditions));
    log.emit({ type: "gate.finished", verdict: verdict.document.verdict });
    warnOverBudget(run, Date.now() - startMs);
    await folder.finish("finished", verdict.document.verdict);
    const outcome = await report(run, verdict.document, startMs);
    log.emit({ type: "run.finished", verdict: verdict.document.verdict, durationMs: Date.now() - startMs });
    return outcome;
  } catch (error) {
    await folder.finish("failed", undefined).catch(() => undefined);
    throw options.signal.aborted ? options.signal.reason : asRunFolderError(error, folder.path);
  } finally {
    log.close();
  }
}

/** What runs leave is nobody's source. A file that is there already is the user's word. */
async function hideFromGit(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
    .then(() => writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" }))
    .catch(() => undefined);
}

/** A verdict holds no clock, so a slow run is told, not judged. */
function warnOverBudget({ plan, events }: Run, durationMs: number): void {
  if (plan.budgetSeconds === null || durationMs <= plan.budgetSeconds * 1000) return;
  events({
    type: "warning",
    message: `took ${Math.round(durationMs / 1000)} s, budget ${plan.budgetSeconds} s`,
  });
}

async function report(run: Run, verdict: VerdictDocument, startMs: number): Promise<RunOutcome> {
  const exitCode = exitCodeOf(verdict.verdict);
  try {
    const written = await stage(run, "report", () => writeReports(run, verdict, Date.now() - startMs));
    return {
      exitCode: written.failures.length > 0 ? exitCodes.reporting : exitCode,
      verdict: verdict.verdict,
      answer: {
        run: run.folder.id,
        folder: run.folder.path,
        verdict,
        reports: written.files,
        reportFailures: written.failures,
        ...(run.kept === undefined ? {} : { kept: run.kept }),
      },
      summary: [written.summary, ...(run.kept === undefined ? [] : [keptText(run.kept)])].join("\n"),
    };
  } catch (error) {
    throw new GauntletError(
      `the verdict is ${verdict.verdict}, but it could not be reported: ${describeError(error).message}`,
      {
        code: "REPORTING_FAILED",
        hint: `the evidence is in ${run.folder.path}; \`gauntlet gate --run ${run.folder.path}\` judges it again`,
        exitCode:
          exitCodeForError(error) === exitCodes.internal ? exitCodes.reporting : exitCodeForError(error),
        cause: error,
      },
    );
  }
}
