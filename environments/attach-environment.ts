import { join } from "node:path";
import { UsageError } from "#core/errors";
import { connectEngine } from "./engine.ts";
import { EnvironmentError } from "./errors.ts";
import { listProjectContainers } from "./project-containers.ts";
import { environmentFolder, readRecord } from "./record.ts";
import { removeEnvironment } from "./remove-environment.ts";
import { type StartedEnvironment, startedEnvironment } from "./started-environment.ts";

/**
 * An environment that was started before, by whomever. `stop()` removes it; disposing only lets go of it. Throws
 * UsageError when there is none of that id.
 */
export async function attachEnvironment(id: string): Promise<StartedEnvironment> {
  const record = await readRecord(id);
  if (!record) throw noSuchEnvironment(id);
  if (!record.descriptor || !record.declared) {
    throw new EnvironmentError(`environment "${id}" is still starting`, {
      code: "ENVIRONMENT_STARTING",
      hint: "try again once `gauntlet env ls` shows it as running",
    });
  }
  const docker = connectEngine();
  return startedEnvironment({
    docker,
    descriptor: record.descriptor,
    secretsFile: join(environmentFolder(id), "secrets.json"),
    declared: record.declared,
    containers: await listProjectContainers(docker, record.project),
    stop: () => removeEnvironment(id),
    dispose: async () => {},
  });
}

export function noSuchEnvironment(id: string): UsageError {
  return new UsageError(`there is no environment "${id}"`, {
    code: "NO_SUCH_ENVIRONMENT",
    hint: "`gauntlet env ls` lists them",
  });
}
