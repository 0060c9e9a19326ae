import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { type CommandOptions, type CommandResult, runCommand } from "#core/command";

const markVariable = "GAUNTLET_SUITE_PROCESS";
const graceMs = 5000;

/**
 * As runCommand, and when it ends, all processes end that the command started and left behind: a worker that spins
 * never notices that its parent is gone. Those are found by a mark in their environment, on Linux only; elsewhere
 * they are left to themselves.
 */
export async function runSuiteProcess(
  file: string,
  args: readonly string[],
  options: CommandOptions & { signal: AbortSignal },
): Promise<CommandResult> {
  const mark = `${markVariable}=${randomUUID()}`;
  let late: NodeJS.Timeout | undefined;
  // What is left may hold the command's output open, and with it the command.
  const onAbort = () => {
    late = setTimeout(() => killMarked(mark), graceMs);
  };
  options.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const env = { ...options.env, [markVariable]: mark.slice(markVariable.length + 1) };
    return await runCommand(file, args, { ...options, env });
  } finally {
    options.signal.removeEventListener("abort", onAbort);
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
