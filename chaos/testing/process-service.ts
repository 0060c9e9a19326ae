import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, on, once } from "node:events";
import { createServer } from "node:net";
import type { Target, TargetChange, TargetState } from "#core/ports";

export interface ProcessService extends AsyncDisposable {
  readonly target: Target;
  readonly url: string;
}

const program = `
  const [port, delayMs] = process.argv.slice(1).map(Number);
  setTimeout(() => require("node:http").createServer((_, response) => response.end("ok")).listen(port, "127.0.0.1"), delayMs);
`;

/** A real HTTP server in a process of its own, started again whenever it dies. `startDelayMs`: before it listens. */
export async function startProcessService(options: {
  service: string;
  restartAfterMs: number;
  startDelayMs: number;
}): Promise<ProcessService> {
  const port = await freePort();
  const emitter = new EventEmitter();
  let child: ChildProcess;
  let state: TargetState;
  let isStopped = false;
  let restarts = -1;
  const emit = (change: TargetChange) => emitter.emit("change", change);
  const start = () => {
    child = spawn(process.execPath, ["-e", program, String(port), String(options.startDelayMs)], {
      stdio: "ignore",
    });
    restarts++;
    state = {
      containerId: options.service,
      startedAt: new Date().toISOString(),
      isRunning: true,
      health: undefined,
      hostPid: child.pid ?? 0,
      restartCount: restarts,
      exitCode: 0,
      wasOomKilled: false,
    };
    emit({ kind: "started", atMs: Date.now() });
    child.once("exit", (code, signal) => {
      const exitCode = code ?? (signal === "SIGKILL" ? 137 : 1);
      state = { ...state, isRunning: false, hostPid: 0, exitCode };
      emit({ kind: "died", atMs: Date.now(), exitCode });
      if (!isStopped) setTimeout(() => isStopped || start(), options.restartAfterMs);
    });
  };
  start();
  const target: Target = {
    service: options.service,
    labels: {},
    inspect: async () => ({ ...state }),
    async signalInit(signal) {
      if (!state.isRunning) throw new Error(`${options.service} is not running`);
      process.kill(state.hostPid, signal);
    },
    exec: () => Promise.reject(new Error("not part of this service")),
    async *changes(signal) {
      for await (const [change] of on(emitter, "change", { signal })) yield change;
    },
  };
  return {
    target,
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      isStopped = true;
      if (!state.isRunning) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
