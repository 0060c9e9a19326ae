import type Docker from "dockerode";
import { CommandError } from "#core/command";
import { type ComposeProject, composeMessage, runCompose } from "./compose.ts";
import { engineDiskFull, noEngine } from "./engine.ts";
import { EnvironmentError } from "./errors.ts";
import { listProjectContainers } from "./project-containers.ts";

export interface CreateOptions {
  docker: Docker;
  project: ComposeProject;
  services: readonly string[];
  signal: AbortSignal;
  /** Once for each container, as soon as Compose has finished making it: others may still be on their way. */
  onCreated: (container: string) => void;
}

/** Networks, volumes and containers, made by Compose itself; nothing is started, built or pulled. */
export async function createContainers(options: CreateOptions): Promise<void> {
  const { docker, project, services, signal, onCreated } = options;
  try {
    await runCompose(project, ["create", "--no-build", "--pull", "never", ...services], {
      signal,
      timeoutMs: 300_000,
      onLine: (line) => {
        const name = /^\s*Container (\S+)\s+Created\s*$/.exec(line)?.[1];
        if (name !== undefined) onCreated(name);
      },
    });
  } catch (error) {
    if (error instanceof CommandError) throw describeCreateError(error, project.name);
    throw error;
  }
  // Whatever the words of this Compose version, by now they all exist.
  for (const container of await listProjectContainers(docker, project.name)) onCreated(container.name);
}

export function describeCreateError(error: CommandError, project: string): EnvironmentError {
  const message = composeMessage(error);
  if (/Cannot connect to the Docker daemon|error during connect/.test(message)) return noEngine(error);
  if (/no space left on device/.test(message)) return engineDiskFull(`create ${project}`, error);
  if (/non-overlapping IPv4|address pools? .*(exhausted|fully subnetted)/.test(message)) {
    return new EnvironmentError("the engine has no address range left for another network", {
      code: "NO_FREE_SUBNET",
      hint: "`gauntlet env gc` and `docker network prune` free some; `default-address-pools` of the engine sets how many there are",
      cause: error,
    });
  }
  return new EnvironmentError(`Compose could not create the containers: ${message}`, {
    code: "CREATE_FAILED",
    hint: "the engine's own message is above",
    cause: error,
  });
}
