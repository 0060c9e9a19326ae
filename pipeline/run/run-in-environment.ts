import { availableParallelism } from "node:os";
import { CleanupStack } from "#core/cleanup";
import { describeError } from "#core/errors";
import { createLog } from "#core/log";
import { exitCodeOf, exitCodes } from "#core/verdict";
import { collectGarbage, type StartedEnvironment } from "#environments";
import { suiteVariables, type Tools } from "../runners/index.ts";
import { executeSuite } from "./execute-suite.ts";
import { judge } from "./judge.ts";
import { keepEnvironment, keepForMs, keptText } from "./keep-environment.ts";
import { provideTools } from "./provide-tools.ts";
import { type Run, stage } from "./run.ts";
import { runSuites } from "./schedule.ts";
import { seedInto } from "./seed-into.ts";
import { startFor } from "./start-for.ts";

/** Doctor to teardown. What goes wrong with the clean-up becomes a condition, never an exception that hides another. */
export async function runInEnvironment(run: Run): Promise<void> {
  const tools = await stage(run, "doctor", () => provideTools(run));
  await collectGarbage({ dryRun: false });
  const cleanup = new CleanupStack();
  let environment: StartedEnvironment | undefined;
  let hasPassed = false;
  try {
    environment = await stage(run, "environment", () =>
      startFor(run, cleanup, run.options.keepOnFailure ? { lifetime: { keepForMs } } : {}),
    );
    await workIn(environment, run, tools);
    hasPassed = !run.options.keepOnFailure || (await passesSoFar(run));
  } finally {
    if (environment && run.options.keepOnFailure && !hasPassed && !run.options.signal.aborted) {
      await keep(environment, run);
    }
    const failures = await stage(run, "teardown", () => cleanup.run());
    for (const { step, error } of failures) {
      run.conditions.push({ kind: "cleanup-failed", sentence: `${step}: ${describeError(error).message}` });
    }
  }
}

async function workIn(environment: StartedEnvironment, run: Run, tools: Tools): Promise<void> {
  const { folder } = run;
  await folder.writeJson("environment.json", environment.descriptor);
  const groundTruth = await stage(run, "seed", () =>
    seedInto({ ...run, folder: folder.file("ground-truth") }, environment),
  );
  await stage(run, "suites", () => runAllSuites(run, environment, groundTruth, tools));
  for (const change of await environment.changedSinceStart()) {
    run.conditions.push({ kind: "drift", sentence: change });
  }
  await environment.collectLogs(folder.file("logs"));
}

/** The verdict if teardown goes well; the one that counts is given after it. */
async function passesSoFar({ folder, conditions }: Run): Promise<boolean> {
  const { document } = await judge(folder.path, conditions);
  return exitCodeOf(document.verdict) === exitCodes.ok;
}

/** What cannot be kept is removed as always; that alone is no reason to fail. */
async function keep(environment: StartedEnvironment, run: Run): Promise<void> {
  try {
    run.kept = await keepEnvironment(environment, run.folder.file("environment.json"));
    run.events({ type: "warning", message: `the run did not pass\n${keptText(run.kept)}` });
  } catch (error) {
    run.events({
      type: "warning",
      message: `could not keep the environment: ${describeError(error).message}`,
    });
  }
}

async function runAllSuites(
  run: Run,
  environment: StartedEnvironment,
  groundTruth: Record<string, string>,
  tools: Tools,
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
