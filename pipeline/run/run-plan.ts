import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { CleanupStack } from "#core/cleanup";
import { anchorOf } from "#core/clock";
import { describeError, exitCodeForError, GauntletError } from "#core/errors";
import { createLog } from "#core/log";
import type { RunEventSink } from "#core/ports";
import { type ExitCode, exitCodeOf, exitCodes, type Verdict } from "#core/verdict";
import { collectGarbage, type StartedEnvironment } from "#environments";
import type { VerdictDocument } from "#reports";
import { type LoadedConfig, resolveSecrets } from "../config/index.ts";
import type { NeedReport } from "../doctor/index.ts";
import type { GateCondition } from "../gate/index.ts";
import type { Plan } from "../plan/index.ts";
import { suiteVariables } from "../runners/index.ts";
import { openEventLog } from "./event-log.ts";
import { executeSuite } from "./execute-suite.ts";
import { judge } from "./judge.ts";
import { provideTools } from "./provide-tools.ts";
import { writeReports } from "./reports.ts";
import { RunFolder } from "./run-folder.ts";
import { runSuites } from "./schedule.ts";
import { seedInto } from "./seed-into.ts";
import { settleLostRuns } from "./settle-lost-runs.ts";
import { runStage } from "./stages.ts";
import { startFor } from "./start-for.ts";

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
  log.emit({ type: "run.started", runId: folder.id, profile: plan.profile, command: options.command });
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
    throw options.signal.aborted ? options.signal.reason : error;
  } finally {
    log.close();
  }
}

export interface Run {
  loaded: LoadedConfig;
  plan: Plan;
  options: RunOptions;
  folder: RunFolder;
  events: RunEventSink;
  anchor: string;
  secrets: Record<string, string>;
  /** Facts of the run that bear on its verdict. */
  conditions: GateCondition[];
}

function stage<T>(run: Run, name: string, work: () => Promise<T>): Promise<T> {
  return runStage(name, { state: run.folder.state, events: run.events }, work);
}

/** Doctor to teardown. What goes wrong with the clean-up becomes a condition, never an exception that hides another. */
async function runInEnvironment(run: Run): Promise<void> {
  const { folder } = run;
  const tools = await stage(run, "doctor", () => provideTools(run));
  await collectGarbage({ dryRun: false });
  const cleanup = new CleanupStack();
  try {
    const environment = await stage(run, "environment", () => startFor(run, cleanup));
    const groundTruth = await stage(run, "seed", () =>
      seedInto({ ...run, folder: folder.file("ground-truth") }, environment),
    );
    await stage(run, "suites", () => runAllSuites(run, environment, groundTruth, tools));
    for (const change of await environment.changedSinceStart()) {
      run.conditions.push({ kind: "drift", sentence: change });
    }
    await environment.collectLogs(run.folder.file("logs"));
  } finally {
    const failures = await stage(run, "teardown", () => cleanup.run());
    for (const { step, error } of failures) {
      run.conditions.push({ kind: "cleanup-failed", sentence: `${step}: ${describeError(error).message}` });
    }
  }
}

async function runAllSuites(
  run: Run,
  environment: StartedEnvironment,
  groundTruth: Record<string, string>,
  tools: Awaited<ReturnType<typeof provideTools>>,
): Promise<void> {
  const { folder, plan, options, events, loaded } = run;
  const environmentFile = await folder.writeJson("environment.json", {
    ...environment.descriptor,
    groundTruth,
  });
  const variables = await suiteVariables(environment, environmentFile, tools);
  await using twins = new CleanupStack();
  await runSuites(plan, Math.min(2, availableParallelism()), (suite) =>
    executeSuite(suite, {
      environment,
      startTwin: (extra) => startFor(run, twins, extra),
      projectFolder: loaded.folder,
      variables,
      allureFolder: folder.file("allure-results"),
      ledgerFile: folder.file("faults.jsonl"),
      tools,
      seed: plan.seed,
      signal: options.signal,
      events,
      log: createLog(),
      folder,
      profile: plan.profile,
    }),
  );
  for (const { step, error } of await twins.run()) {
    run.conditions.push({ kind: "cleanup-failed", sentence: `${step}: ${describeError(error).message}` });
  }
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
      },
      summary: written.summary,
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
