import { readFile } from "node:fs/promises";
import type { StartedEnvironment } from "#environments";
import { seedStage } from "#generators";
import type { StartContext } from "./start-for.ts";

/** Fills the environment as the configuration says; the answer names the ground truth's files. */
export async function seedInto(
  run: Pick<StartContext, "loaded" | "events" | "options"> & { folder: string },
  environment: StartedEnvironment,
): Promise<Record<string, string>> {
  const { seed } = run.loaded.config;
  if (seed === undefined) return {};
  const secrets = JSON.parse(await readFile(environment.secretsFile, "utf8")) as Record<string, string>;
  const outcome = await seedStage(seed, environment.descriptor, secrets, run.folder, {
    signal: run.options.signal,
    events: run.events,
  });
  return outcome.files;
}
