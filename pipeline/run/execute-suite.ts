import { mkdir, rm } from "node:fs/promises";
import { describeError } from "#core/errors";
import type { Log } from "#core/log";
import type { RunEventSink } from "#core/ports";
import { statePath, waitForLock } from "#core/state";
import { type BundleEnd, openBundle } from "#reports";
import type { PlannedSuite } from "../plan/index.ts";
import { runSuite, type SuiteContext } from "../runners/index.ts";
import type { RunFolder } from "./run-folder.ts";

export interface SuiteExecution extends Omit<SuiteContext, "suite" | "bundle" | "workFolder"> {
  folder: RunFolder;
  profile: string;
  events: RunEventSink;
  log: Log;
}

/** Runs one suite and leaves a finished bundle whatever happened; never throws. */
export async function executeSuite(suite: PlannedSuite, execution: SuiteExecution): Promise<void> {
  const startMs = Date.now();
  const { events, folder } = execution;
  await using _alone = suite.phase === "together" ? nothingHeld : await theMachine(suite, execution);
  events({ type: "suite.started", suite: suite.name });
  const command = `gauntlet run ${execution.profile} --suite ${suite.name} --seed ${execution.seed}`;
  const bundle = await openBundle(folder.bundle(suite.name), {
    suite: suite.name,
    runner: suite.runner,
  });
  const workFolder = folder.file("work", suite.name);
  await mkdir(workFolder, { recursive: true });
  const deadline = AbortSignal.timeout(suite.timeoutMs);
  const signal = AbortSignal.any([execution.signal, deadline]);
  let end: BundleEnd = { status: "complete", command };
  try {
    await withinSignal(runSuite({ ...execution, suite, bundle, workFolder, signal }), signal);
  } catch (error) {
    end = { ...endOf(error, execution.signal, deadline, suite), command };
    events({ type: "warning", message: `suite ${suite.name}: ${end.reason}` });
  }
  const { counts } = await bundle.finish(end);
  await rm(workFolder, { recursive: true, force: true });
  events({
    type: "suite.finished",
    suite: suite.name,
    durationMs: Date.now() - startMs,
    passed: counts.passed,
    failed: counts.failed,
    skipped: counts.skipped,
    broken: counts.broken,
  });
}

const nothingHeld: AsyncDisposable = { async [Symbol.asyncDispose]() {} };

/** Measured suites and drills run one at a time on the whole machine, whatever run they belong to. */
async function theMachine(suite: PlannedSuite, { events, signal }: SuiteExecution): Promise<AsyncDisposable> {
  return waitForLock(statePath("locks", "measuring"), {
    purpose: `measuring suite ${suite.name}`,
    signal,
    onWait: (purpose) => events({ type: "suite.waiting", suite: suite.name, reason: purpose }),
  }).catch(() => nothingHeld);
}

/** A runner that does not heed its signal is left behind; teardown ends what it started. */
async function withinSignal(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const grace = 15_000;
  let timer: NodeJS.Timeout | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      timer = setTimeout(() => reject(signal.reason), grace);
      timer.unref();
    });
  });
  try {
    await Promise.race([work, abandoned]);
  } finally {
    clearTimeout(timer);
  }
}

function endOf(
  error: unknown,
  interruption: AbortSignal,
  deadline: AbortSignal,
  suite: PlannedSuite,
): BundleEnd {
  if (interruption.aborted)
    return { status: "cancelled", reason: describeError(interruption.reason).message };
  if (deadline.aborted)
    return { status: "timed-out", reason: `took longer than ${suite.timeoutMs / 1000} s` };
  const described = describeError(error);
  return { status: "crashed", reason: [described.message, described.hint].filter(Boolean).join("; ") };
}
