import type { Clock } from "#core/clock";
import { UsageError } from "#core/errors";
import type { ExecResult, Target, TargetChange, TargetPool, TargetState, Workload } from "#core/ports";

/** A clock that jumps: sleeping takes no time. `onTick` runs after each sleep. */
export function jumpingClock(startMs: number, onTick: () => void = () => {}): Clock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    async sleep(ms, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      nowMs += ms;
      onTick();
    },
  };
}

export interface Script {
  clock: Clock;
  service?: string;
  labels?: Record<string, string>;
  /** How long after a crash the service runs again; undefined: never. */
  restartsAfterMs?: number | undefined;
  /** How long after the restart it answers. */
  answersAfterMs?: number;
  /** The signal has no effect. */
  isImmortal?: boolean;
  isRunning?: boolean;
  exitCode?: number;
  /** Whether the engine reports changes. */
  hasEvents?: boolean;
  eventsError?: Error;
}

export interface ScriptedSystem {
  target: Target;
  pool: TargetPool;
  signals: string[];
  /** Ten requests a second; they fail while the service does not answer. */
  workload: Workload & { stops: number };
}

/** A service that behaves as written, in virtual time. */
export function scriptedSystem(script: Script): ScriptedSystem {
  const { clock, service = "api", restartsAfterMs, answersAfterMs = 0, exitCode = 137 } = script;
  const signals: string[] = [];
  const crashes: number[] = [];
  const changes: TargetChange[] = [];
  const startMs = clock.now();
  const stateAt = (atMs: number): TargetState => {
    const crashedAt = crashes.at(-1);
    const backAt =
      crashedAt === undefined || restartsAfterMs === undefined ? undefined : crashedAt + restartsAfterMs;
    const isBack = backAt !== undefined && atMs >= backAt;
    const isRunning = (script.isRunning ?? true) && (crashedAt === undefined || isBack);
    return {
      containerId: "c1",
      startedAt: new Date(isBack ? backAt : startMs).toISOString(),
      isRunning,
      health: undefined,
      hostPid: isRunning ? 100 + crashes.length : 0,
      restartCount: crashes.length,
      exitCode: isRunning ? 0 : exitCode,
      wasOomKilled: false,
    };
  };
  const isAnsweringAt = (atMs: number) =>
    crashes.every(
      (crash) =>
        atMs < crash || (restartsAfterMs !== undefined && atMs >= crash + restartsAfterMs + answersAfterMs),
    );
  const target: Target = {
    service,
    labels: script.labels ?? {},
    inspect: async () => stateAt(clock.now()),
    async signalInit(signal) {
      if (!stateAt(clock.now()).isRunning) throw new Error(`${service} is not running`);
      signals.push(signal);
      if (script.isImmortal) return;
      crashes.push(clock.now());
      changes.push({ kind: "died", atMs: clock.now(), exitCode });
    },
    exec: async (): Promise<ExecResult> => ({ exitCode: 0, stdout: Buffer.alloc(0), stderr: "" }),
    async *changes(signal) {
      if (script.eventsError) throw script.eventsError;
      for (let next = 0; !signal.aborted; ) {
        const change = (script.hasEvents ?? true) ? changes[next] : undefined;
        if (change) next++;
        if (change) yield change;
        else await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
  return { target, pool: poolOf([target]), signals, workload: scriptedWorkload(clock, isAnsweringAt) };
}

export function poolOf(targets: readonly Target[]): TargetPool {
  return {
    services: targets.map((target) => target.service),
    target(service) {
      const found = targets.find((target) => target.service === service);
      if (!found) throw new UsageError(`no service is called ${service}`);
      return found;
    },
  };
}

const requestEveryMs = 100;

function scriptedWorkload(clock: Clock, isAnsweringAt: (atMs: number) => boolean) {
  const workload = {
    name: "ten requests a second",
    stops: 0,
    async start() {
      const stop = async () => {
        workload.stops++;
      };
      return {
        observe(fromMs: number, toMs: number) {
          const finished: number[] = [];
          const first = Math.ceil(fromMs / requestEveryMs) * requestEveryMs;
          for (let atMs = first; atMs < Math.min(toMs, clock.now()); atMs += requestEveryMs)
            finished.push(atMs);
          const failed = finished.filter((atMs) => !isAnsweringAt(atMs)).length;
          return { requests: finished.length, failed, latencies: finished.map(() => 12) };
        },
        stop,
        [Symbol.asyncDispose]: stop,
      };
    },
  };
  return workload;
}
