import { setTimeout as sleep } from "node:timers/promises";
import { type LoopbackServer, loopbackServer } from "./fake-environment.ts";

export interface ProcessWatch extends AsyncDisposable {
  /** Aborts when the suite has said `/started/<its process id>`. */
  readonly started: AbortSignal;
  readonly server: LoopbackServer;
  /** Whether the processes that said so end within five seconds. */
  areGone(): Promise<boolean>;
}

/** A server that suites tell their process ids, so that a test can call them off midway and see what is left. */
export async function watchProcesses(): Promise<ProcessWatch> {
  const controller = new AbortController();
  const pids: number[] = [];
  const server = await loopbackServer((request, response) => {
    const pid = /^\/started\/(\d+)/.exec(request.url ?? "")?.[1];
    if (pid !== undefined) pids.push(Number(pid));
    response.end("ok", () => pid !== undefined && controller.abort(new Error("called off")));
  });
  return {
    started: controller.signal,
    server,
    async areGone() {
      for (let tries = 0; tries < 100; tries++) {
        if (pids.length > 0 && !pids.some(isRunning)) return true;
        await sleep(50);
      }
      return false;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
