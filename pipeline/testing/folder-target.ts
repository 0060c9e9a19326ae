import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ExecOptions, ExecResult, Target } from "#core/ports";

/** A target whose commands run here, with `folder` in the place of its /data; `env` is what its container would have. */
export function folderTarget(service: string, folder: string, env: Record<string, string> = {}): Target {
  return {
    service,
    labels: {},
    inspect: async () => ({
      containerId: `${service} in ${folder}`,
      startedAt: "2026-01-05T13:00:00.000000000Z",
      isRunning: true,
      health: undefined,
      hostPid: 1001,
      restartCount: 0,
      exitCode: 0,
      wasOomKilled: false,
    }),
    signalInit: () => Promise.reject(new Error("not part of this service")),
    exec: (argv, options) =>
      execute(
        argv.map((part) => (part === "/data" ? folder : part)),
        env,
        options,
      ),
    async *changes() {},
  };
}

async function execute(
  [file = "", ...args]: readonly string[],
  env: Record<string, string>,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const child = spawn(file, args, {
    env: { PATH: process.env["PATH"], ...env, ...options.env },
    signal: options.signal,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 137));
  });
  const { input = "" } = options;
  // A command that does not read all of its input closes it early.
  pipeline(typeof input === "string" ? Readable.from([input]) : input, child.stdin).catch(() => {});
  const stdout: Buffer[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (options.onStdout) await options.onStdout(chunk);
    else stdout.push(chunk);
  }
  return { exitCode: await ended, stdout: Buffer.concat(stdout), stderr };
}
