import { CleanupStack } from "#core/cleanup";
import { type Clock, systemClock } from "#core/clock";
import { runCommand } from "#core/command";
import { type Log, silentLog } from "#core/log";
import type { RunEventSink } from "#core/ports";
import { openApt } from "./apt.ts";
import { type InstallRecords, openInstallRecords } from "./install-records.ts";
import { type Machine, readMachine } from "./machine.ts";
import type { CommandRunner, DoctorContext } from "./need.ts";
import type { NeedName } from "./needs.ts";
import type { DoneStep } from "./report.ts";

/** What doctor reaches the outside through. All optional: the real machine, silently. */
export interface DoctorIo {
  log?: Log;
  events?: RunEventSink;
  signal?: AbortSignal;
  clock?: Clock;
  env?: Readonly<Record<string, string | undefined>>;
  run?: CommandRunner;
  machine?: Machine;
  records?: InstallRecords;
  /** Holds off a second doctor; default in the state folder. */
  lockPath?: string;
}

export interface DoctorSession {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly records: InstallRecords;
  readonly run: CommandRunner;
  readonly cleanup: CleanupStack;
  say(message: string): void;
  contextFor(need: NeedName, done: DoneStep[]): DoctorContext;
}

/** Everything the needs share during one call of doctor. */
export function openSession(io: DoctorIo): DoctorSession {
  const signal = io.signal ?? new AbortController().signal;
  const clock = io.clock ?? systemClock;
  const run = withEnvironment(io.run ?? runCommand, io.env);
  const log = io.log ?? silentLog;
  const machine = io.machine ?? readMachine();
  const records = io.records ?? openInstallRecords();
  const cleanup = new CleanupStack();
  const apt = openApt({ machine, run, records, signal });
  const shared = new Map<string, Promise<unknown>>();
  const say = (message: string) => {
    log.info(message);
    io.events?.({ type: "progress", stage: "doctor", message });
  };
  return {
    ...{ machine, signal, clock, records, run, cleanup, say },
    contextFor: (need, done) => ({
      ...{ machine, signal, clock, records, run, cleanup, apt },
      env: io.env ?? process.env,
      once<T>(key: string, work: () => Promise<T>) {
        const promise = shared.get(key) ?? work();
        shared.set(key, promise);
        return promise as Promise<T>;
      },
      async step(what, work) {
        say(`${need}: ${what}`);
        const startMs = performance.now();
        const result = await work();
        const tookMs = Math.round(performance.now() - startMs);
        done.push({ what, tookMs });
        say(`${need}: ${what}: done in ${(tookMs / 1000).toFixed(1)} s`);
        return result;
      },
    }),
  };
}

/** Commands see the environment that doctor was given, so that DOCKER_HOST means the same to both. */
function withEnvironment(run: CommandRunner, env: DoctorIo["env"]): CommandRunner {
  if (env === undefined) return run;
  return (file, args, options) => run(file, args, { ...options, env: { ...env, ...options?.env } });
}
