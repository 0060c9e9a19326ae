import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { type CommandOptions, type CommandResult, runCommand } from "#core/command";
import { SuiteTimedOut } from "./errors.ts";

const markVariable = "GAUNTLET_SUITE_PROCESS";
const graceMs = 5000;

/**
 * As runCommand, but throws SuiteTimedOut however the command answers being stopped; and when it ends, all processes end that the command started and left behind: a worker that spins
 * never notices that its parent is gone. Those are found by a mark in their environment, on Linux only; elsewhere
 * they are left to themselves.
 */
export async function runSuiteProcess(
  file: string,
  args: readonly string[],
  options: CommandOptions & { signal: AbortSignal; timeoutMs: number },
): Promise<CommandResult> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, deadline]);
  const mark = `${markVariable}=${randomUUID()}`;
  let late: NodeJS.Timeout | undefined;
  // What is left may hold the command's output open, and with it the command.
  const onAbort = () => {
    late = setTimeout(() => killMarked(mark), graceMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const env = { ...options.env, [markVariable]: mark.slice(markVariable.length + 1) };
    // A command may answer a signal with an exit code of its own, so the limit is the signal's, not the command's.
    return await runCommand(file, args, { ...options, env, signal, timeoutMs: options.timeoutMs + 60_000 });
  } catch (error) {
    throw error === deadline.reason ? new SuiteTimedOut(options.timeoutMs) : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(late);
    killMarked(mark);
  }
}

function killMarked(mark: string): void {
  for (const pid of processIds()) {
    try {
      if (pid !== process.pid && environmentOf(pid).includes(mark)) process.kill(pid, "SIGKILL");
    } catch {
      // Gone by itself, or not ours to see.
    }
  }
}

function processIds(): number[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
}
