import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "#core/command";
import type { ExecOptions, ExecResult, Target, TargetPool } from "#core/ports";

export interface StoreContainer extends AsyncDisposable {
  readonly target: Target;
  readonly pool: TargetPool;
  /** Runs SQL as the superuser; the answer as psql prints it unaligned. */
  sql(database: string, script: string): Promise<string>;
  /** Runs a shell script. */
  shell(script: string): Promise<string>;
}

/** A container with PostgreSQL 17 and an empty directory /data. Its image is built once for each form of its Dockerfile. */
export async function startStoreContainer(service = "store"): Promise<StoreContainer> {
  const image = await storeImage();
  const name = `gauntlet-test-${randomBytes(4).toString("hex")}`;
  await runCommand("docker", [
    "run",
    "--detach",
    "--name",
    name,
    "--label",
    "gauntlet.test=backups",
    "--network",
    "none",
    image,
  ]);
  const target = containerTarget(service, name);
  const run = async (argv: string[], input: string) => {
    const { exitCode, stdout, stderr } = await target.exec(argv, { input });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.toString().trim();
  };
  const store: StoreContainer = {
    target,
    pool: { services: [service], target: () => target },
    sql: (database, script) =>
      run(
        ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database],
        script,
      ),
    shell: (script) => run(["sh", "-eu"], script),
    async [Symbol.asyncDispose]() {
      await runCommand("docker", ["rm", "--force", "--volumes", name]);
    },
  };
  try {
    await untilReady(store);
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
  return store;
}

async function storeImage(): Promise<string> {
  const dockerfile = await readFile(new URL("stores.Dockerfile", import.meta.url), "utf8");
  const image = `gauntlet-test/postgres:${createHash("sha256").update(dockerfile).digest("hex").slice(0, 12)}`;
  const { exitCode } = await runCommand("docker", ["image", "inspect", image], {
    accept: [0, 1],
    maxOutputChars: 1000,
  });
  if (exitCode === 1) await runCommand("docker", ["build", "--tag", image, "-"], { input: dockerfile });
  return image;
}

async function untilReady(store: StoreContainer): Promise<void> {
  let lastError: unknown;
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await store.sql("postgres", "SELECT 1");
      return;
    } catch (error) {
      lastError = error;
      await sleep(100);
    }
  }
  throw new Error("PostgreSQL did not become ready", { cause: lastError });
}

function containerTarget(service: string, container: string): Target {
  return {
    service,
    labels: {},
    async inspect() {
      const { stdout } = await runCommand("docker", ["inspect", container]);
      const [{ Id: containerId, State: state }] = JSON.parse(stdout);
      return {
        containerId,
        startedAt: state.StartedAt,
        isRunning: state.Running,
        health: undefined,
        hostPid: state.Pid,
        restartCount: 0,
        exitCode: state.ExitCode,
        wasOomKilled: false,
      };
    },
    signalInit: () => Promise.reject(new Error("not part of this target")),
    exec: (argv, options) => execute(container, argv, options ?? {}),
    // biome-ignore lint/correctness/useYield: nothing of the backups room follows changes
    async *changes() {
      throw new Error("not part of this target");
    },
  };
}

async function execute(
  container: string,
  argv: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const { input, env = {}, user, signal, onStdout } = options;
  signal?.throwIfAborted();
  const flags = [
    ...(input === undefined ? [] : ["--interactive"]),
    ...(user === undefined ? [] : ["--user", user]),
    ...Object.keys(env).flatMap((name) => ["--env", name]),
  ];
  const child = spawn("docker", ["exec", ...flags, container, ...argv], {
    env: { ...process.env, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const abort = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", abort, { once: true });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  const chunks: Buffer[] = [];
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const reading = (async () => {
    for await (const chunk of child.stdout as Readable)
      await (onStdout ? onStdout(chunk) : chunks.push(chunk));
  })();
  const writing =
    input !== undefined && child.stdin
      ? pipeline(typeof input === "string" ? Readable.from([input]) : input, child.stdin).catch(() => {})
      : undefined;
  try {
    const [exitCode] = await Promise.all([ended, reading]);
    signal?.throwIfAborted();
    return { exitCode, stdout: Buffer.concat(chunks), stderr };
  } catch (error) {
    child.kill("SIGKILL");
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", abort);
    void writing;
  }
}
