import type Docker from "dockerode";
import type { EnvironmentDescriptor } from "#core/environment";
import { UsageError } from "#core/errors";
import type { Target, TargetPool } from "#core/ports";
import { containerTarget } from "./container-target.ts";
import { type Declared, driftOf } from "./drift.ts";
import { type EventStream, openEventStream } from "./engine-events.ts";
import { collectLogs } from "./logs.ts";
import { listProjectContainers, type ProjectContainer } from "./project-containers.ts";

/** A running environment. Whoever started it stops it; `await using` does. */
export interface StartedEnvironment extends TargetPool, AsyncDisposable {
  readonly descriptor: EnvironmentDescriptor;
  /** 0600 JSON {name: value}; gone when the environment is. */
  readonly secretsFile: string;
  /** Writes `<folder>/<service>.log` for each service. */
  collectLogs(folder: string): Promise<void>;
  /** What drifted since the start, as sentences; empty when nothing did. */
  changedSinceStart(): Promise<string[]>;
  /** Lets it outlive this process, until the time returned. Throws UsageError when its lifetime does not provide for it. */
  keep(): Promise<Date>;
  /** Removes it and proves that nothing is left. Idempotent. Throws EnvironmentError when something could not be removed. */
  stop(): Promise<void>;
}

export interface RunningParts {
  docker: Docker;
  descriptor: EnvironmentDescriptor;
  secretsFile: string;
  declared: Declared;
  containers: readonly ProjectContainer[];
  /** The stream that is open already; otherwise one is opened when it is first needed. */
  events?: EventStream;
  stop: () => Promise<void>;
  dispose: () => Promise<void>;
  keep?: () => Promise<Date>;
}

export function notKeepable(id: string): UsageError {
  return new UsageError(`environment ${id} cannot be kept: that has to be known when it is started`, {
    code: "NOT_KEEPABLE",
    hint: "start it with a lifetime of `{ keepForMs }`",
  });
}

export function startedEnvironment(parts: RunningParts): StartedEnvironment {
  const { docker, descriptor } = parts;
  const { project } = descriptor;
  let stream: Promise<EventStream> | undefined = parts.events && Promise.resolve(parts.events);
  const eventStream = () => {
    stream ??= openEventStream(docker, project);
    return stream;
  };
  const closeStream = async () => {
    const opened = await stream?.catch(() => undefined);
    opened?.[Symbol.dispose]();
  };
  const targets = targetsOf(parts, eventStream);
  let stopping: Promise<void> | undefined;
  let isKept = false;
  return {
    descriptor,
    secretsFile: parts.secretsFile,
    services: [...targets.keys()],
    target(service) {
      const target = targets.get(service);
      if (target) return target;
      throw new UsageError(`environment ${descriptor.id} has no service "${service}"`, {
        code: "NO_SUCH_SERVICE",
        hint: `services: ${[...targets.keys()].join(", ")}`,
      });
    },
    collectLogs: async (folder) => collectLogs(docker, await listProjectContainers(docker, project), folder),
    changedSinceStart: async () => driftOf(parts.declared, await listProjectContainers(docker, project)),
    async keep() {
      if (stopping || !parts.keep) throw notKeepable(descriptor.id);
      const until = await parts.keep();
      isKept = true;
      await closeStream();
      return until;
    },
    stop() {
      stopping ??= closeStream().then(parts.stop);
      return stopping;
    },
    async [Symbol.asyncDispose]() {
      if (stopping) return stopping;
      await closeStream();
      if (!isKept) await parts.dispose();
    },
  };
}

function targetsOf(
  { docker, containers }: RunningParts,
  eventStream: () => Promise<EventStream>,
): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const container of containers) {
    if (targets.has(container.service)) continue;
    targets.set(container.service, containerTarget(docker, container, eventStream));
  }
  return targets;
}
