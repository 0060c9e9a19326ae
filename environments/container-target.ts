import { readFileSync } from "node:fs";
import type Docker from "dockerode";
import type { ExecOptions, ExecResult, Target, TargetChange, TargetState } from "#core/ports";
import { callEngine } from "./engine.ts";
import type { ContainerEvent, EventStream } from "./engine-events.ts";
import { EnvironmentError } from "./errors.ts";
import { execInContainer } from "./exec.ts";
import type { ProjectContainer } from "./project-containers.ts";

/** The first container of a service, as the rest of gauntlet acts on it and looks at it. */
export function containerTarget(
  docker: Docker,
  container: ProjectContainer,
  eventStream: () => Promise<EventStream>,
): Target {
  const { service, name, labels } = container;
  const inspect = () => inspectTarget(docker, name);
  return {
    service,
    labels,
    inspect,
    async signalInit(signal) {
      const state = await inspect();
      if (!state.isRunning || state.hostPid === 0) {
        throw new EnvironmentError(`cannot send ${signal} to service "${service}": it is not running`, {
          code: "TARGET_NOT_RUNNING",
          hint: "wait until it has started again",
        });
      }
      requireVisible(service, state);
      process.kill(state.hostPid, signal);
    },
    exec: (argv: readonly string[], options?: ExecOptions): Promise<ExecResult> =>
      execInContainer(docker, name, argv, options),
    changes: (signal: AbortSignal) => changesOf(name, eventStream, signal),
  };
}

async function inspectTarget(docker: Docker, name: string): Promise<TargetState> {
  const found = await callEngine(`inspect ${name}`, () => docker.getContainer(name).inspect());
  const { State } = found;
  return {
    containerId: found.Id,
    startedAt: State.StartedAt,
    isRunning: State.Running && !State.Restarting,
    health: healthOf(State.Health?.Status),
    hostPid: State.Pid,
    restartCount: found.RestartCount,
    exitCode: State.ExitCode,
    wasOomKilled: State.OOMKilled,
  };
}

function healthOf(status: string | undefined): TargetState["health"] {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : undefined;
}

/** The pid the engine names must be that container's process as seen from here, or it is somebody else's. */
function requireVisible(service: string, { hostPid, containerId }: TargetState): void {
  if (cgroupOf(hostPid).includes(containerId)) return;
  throw new EnvironmentError(
    `cannot signal service "${service}": its process ${hostPid} is not visible on this machine`,
    {
      code: "HOST_PID_NOT_VISIBLE",
      hint: "the engine is remote or in another PID namespace: run gauntlet on the engine's own machine",
    },
  );
}

function cgroupOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return "";
  }
}

const kinds: Partial<Record<ContainerEvent["action"], TargetChange["kind"]>> = {
  start: "started",
  die: "died",
  healthy: "healthy",
  unhealthy: "unhealthy",
  pause: "paused",
  unpause: "resumed",
};

function changesOf(
  name: string,
  eventStream: () => Promise<EventStream>,
  signal: AbortSignal,
): AsyncIterable<TargetChange> {
  const queue: TargetChange[] = [];
  let wake = Promise.withResolvers<void>();
  const lost = new AbortController();
  signal.addEventListener("abort", () => wake.resolve(), { once: true });
  // Listening begins now and not at the first read, so that what a fault causes in between is seen.
  const listening = eventStream().then((events) => {
    events.listen((event) => {
      const kind = kinds[event.action];
      if (event.containerName !== name || kind === undefined) return;
      queue.push({
        kind,
        atMs: event.atMs,
        ...(event.exitCode === undefined ? {} : { exitCode: event.exitCode }),
      });
      wake.resolve();
    }, signal);
    const onLost = () => {
      lost.abort(events.lost.reason);
      wake.resolve();
    };
    if (events.lost.aborted) onLost();
    else events.lost.addEventListener("abort", onLost, { once: true });
  });
  listening.catch((error) => {
    lost.abort(error);
    wake.resolve();
  });
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let change = queue.shift(); change; change = queue.shift()) {
          if (signal.aborted) return;
          yield change;
        }
        if (signal.aborted) return;
        lost.signal.throwIfAborted();
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    },
  };
}
