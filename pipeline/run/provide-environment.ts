import { CleanupStack } from "#core/cleanup";
import { anchorOf } from "#core/clock";
import type { EnvironmentDescriptor } from "#core/environment";
import type { RunEventSink } from "#core/ports";
import { statePath, writeFileAtomic } from "#core/state";
import { loadConfig, resolveSecrets } from "../config/index.ts";
import { planRun } from "../plan/index.ts";
import { seedInto } from "./seed-into.ts";
import { startFor } from "./start-for.ts";

export interface ProvideOptions {
  config?: string;
  services: string;
  ttlMs: number;
  seed: number;
  withData: boolean;
  variables: NodeJS.ProcessEnv;
  signal: AbortSignal;
  events: RunEventSink;
}

export interface ProvidedEnvironment {
  environment: EnvironmentDescriptor;
  environmentFile: string;
  secretsFile: string;
}

/** An environment to work in by hand, filled as a run's is; it outlives this process. Undone when it fails halfway. */
export async function provideEnvironment(
  from: string,
  options: ProvideOptions,
): Promise<ProvidedEnvironment> {
  const loaded = await loadConfig(from, options.config);
  const [profile] = Object.keys(loaded.config.profiles);
  const plan = planRun(loaded.config, {
    profile: profile ?? "pr",
    services: options.services,
    seed: options.seed,
  });
  const undo = new CleanupStack();
  const context = {
    loaded,
    plan,
    options,
    events: options.events,
    anchor: anchorOf(Date.now()),
    secrets: resolveSecrets(loaded, options.variables),
  };
  try {
    const environment = await startFor(context, undo, { lifetime: { ttlMs: options.ttlMs } });
    const { id } = environment.descriptor;
    const folder = statePath("environments", id, "data");
    const groundTruth = options.withData ? await seedInto({ ...context, folder }, environment) : {};
    const descriptor = { ...environment.descriptor, groundTruth };
    const environmentFile = statePath("environments", id, "environment.json");
    await writeFileAtomic(environmentFile, `${JSON.stringify(descriptor, null, 2)}\n`);
    return { environment: descriptor, environmentFile, secretsFile: environment.secretsFile };
  } catch (error) {
    await undo.run();
    throw error;
  }
}
