import { EventEmitter, on } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target, TargetChange, TargetState } from "#core/ports";

export interface CrashableService extends AsyncDisposable {
  readonly port: number;
  readonly target: Target;
}

/** A real server on loopback that a signal ends as an engine would see it, and that is back `restartAfterMs` later, or never. */
export async function crashableService(options: {
  service: string;
  restartAfterMs: number | undefined;
}): Promise<CrashableService> {
  const changes = new EventEmitter();
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  let state: TargetState = {
    containerId: "c1",
    startedAt: new Date().toISOString(),
    isRunning: true,
    health: undefined,
    hostPid: 1001,
    restartCount: 0,
    exitCode: 0,
    wasOomKilled: false,
  };
  const tell = (change: TargetChange) => changes.emit("change", change);
  const restart = async (afterMs: number) => {
    await sleep(afterMs);
    server = await listen(port);
    const startedAt = new Date().toISOString();
    const { hostPid, restartCount } = state;
    state = { ...state, startedAt, isRunning: true, hostPid: hostPid + 1, restartCount: restartCount + 1 };
    tell({ kind: "started", atMs: Date.now() });
  };
  let restarting: Promise<void> | undefined;
  const target: Target = {
    service: options.service,
    labels: {},
    inspect: async () => ({ ...state }),
    async signalInit() {
      state = { ...state, isRunning: false, exitCode: 137 };
      tell({ kind: "died", atMs: Date.now(), exitCode: 137 });
      await close(server);
      if (options.restartAfterMs !== undefined) restarting = restart(options.restartAfterMs);
    },
    exec: () => Promise.reject(new Error("not part of this service")),
    async *changes(signal) {
      for await (const [change] of on(changes, "change", { signal })) yield change;
    },
  };
  return {
    port,
    target,
    async [Symbol.asyncDispose]() {
      await restarting;
      await close(server);
    },
  };
}

async function listen(port: number): Promise<Server> {
  const server = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
