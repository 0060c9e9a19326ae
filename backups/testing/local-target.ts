import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { Readable as Source } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ExecOptions, ExecResult, Target, TargetPool } from "#core/ports";

/** A service whose commands are real processes of this machine; the path /data stands for `root`. */
export function localPool(service: string, root: string): TargetPool {
  const unused = () => Promise.reject(new Error("not part of this target"));
  const target: Target = {
    service,
    labels: {},
    inspect: async () => ({
      containerId: root,
      startedAt: "2026-01-02T03:04:05.000000000Z",
      isRunning: true,
      health: undefined,
      hostPid: 1,
      restartCount: 0,
      exitCode: 0,
      wasOomKilled: false,
    }),
    signalInit: unused,
    exec: (argv, options) =>
      execute(
        argv.map((word) => (word === "/data" ? root : word)),
        options ?? {},
      ),
    // biome-ignore lint/correctness/useYield: nothing of the backups room follows changes
    async *changes() {
      throw new Error("not part of this target");
    },
  };
  return { services: [service], target: () => target };
}

async function execute(
  argv: readonly string[],
  { input, signal, onStdout }: ExecOptions,
): Promise<ExecResult> {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { stdio: "pipe", ...(signal ? { signal } : {}) });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (error) => reject(signal?.aborted ? signal.reason : error));
    child.once("close", (code) => resolve(code ?? -1));
  });
  const feeding =
    input === undefined ? child.stdin.end() : pipeline(asStream(input), child.stdin).catch(() => {});
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const chunks: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of child.stdout) await (onStdout ? onStdout(chunk) : chunks.push(chunk));
  })();
  try {
    const [exitCode] = await Promise.all([ended, reading]);
    return { exitCode, stdout: Buffer.concat(chunks), stderr };
  } finally {
    child.kill("SIGKILL");
    void feeding;
  }
}

function asStream(input: Readable | string): Readable {
  return typeof input === "string" ? Source.from([input]) : input;
}
