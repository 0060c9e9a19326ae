import { GauntletError } from "#core/errors";
import { exitCodes } from "#core/verdict";

export interface Interruption extends Disposable {
  /** Aborts with a GauntletError (code INTERRUPTED) on the first signal. */
  readonly signal: AbortSignal;
}

const parentCheckMs = 500;

/**
 * An AbortSignal that fires on SIGINT, SIGTERM, SIGHUP, and when the parent process vanishes (counted as SIGTERM).
 * The first signal lets the caller clean up; a second SIGINT or SIGTERM ends the process at once, leaving the rest
 * to the detached watcher.
 */
export function interruptSignal(proc: NodeJS.Process = process): Interruption {
  const controller = new AbortController();
  const parentPid = proc.ppid;
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) => {
    const handler = () => {
      if (controller.signal.aborted && name !== "SIGHUP") proc.exit(exitCodeOfSignal(name));
      controller.abort(interruptedBy(name));
    };
    proc.on(name, handler);
    return { name, handler };
  });
  const timer = setInterval(() => {
    if (proc.ppid !== parentPid) controller.abort(interruptedBy("SIGTERM", "the parent process is gone"));
  }, parentCheckMs);
  timer.unref();
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearInterval(timer);
      for (const { name, handler } of handlers) proc.off(name, handler);
    },
  };
}

function interruptedBy(name: NodeJS.Signals, why = `received ${name}`): GauntletError {
  return new GauntletError(`interrupted: ${why}`, { code: "INTERRUPTED", exitCode: exitCodeOfSignal(name) });
}

function exitCodeOfSignal(name: NodeJS.Signals) {
  return name === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated;
}
