import { spawn } from "node:child_process";
import { constants } from "node:os";

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a command on our own streams and hands it the signals we get. Resolves with its exit code, 128 + n after a signal. */
export async function runStage(file: string, args: readonly string[]): Promise<number> {
  const child = spawn(file, args, { stdio: "inherit" });
  const handlers = passedOn.map((name) => {
    const handler = () => {
      // A terminal has sent its interrupt to the whole group already; a second one would cut the clean-up short.
      if (name !== "SIGINT" || !process.stdin.isTTY) child.kill(name);
    };
    process.on(name, handler);
    return { name, handler };
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
    });
  } finally {
    for (const { name, handler } of handlers) process.off(name, handler);
  }
}

/** The stage ended because somebody stopped us, so what would follow is not wanted either. */
export function isStopped(exitCode: number): boolean {
  return passedOn.some((name) => exitCode === 128 + constants.signals[name]);
}
