import { resolve } from "node:path";
import type { CleanupStack } from "#core/cleanup";
import type { RunEventSink } from "#core/ports";
import { type StartEnvironmentOptions, type StartedEnvironment, startEnvironment } from "#environments";
import type { LoadedConfig } from "../config/index.ts";
import type { Plan } from "../plan/index.ts";

export interface StartContext {
  loaded: LoadedConfig;
  plan: Plan;
  options: { variables: NodeJS.ProcessEnv; signal: AbortSignal };
  events: RunEventSink;
  anchor: string;
  /** The same for every environment of a run: a restored system needs the keys of the one it was. */
  secrets: Record<string, string>;
}

/** Starts the plan's services; the environment is removed with `cleanup`, unless it was kept. */
export async function startFor(
  run: StartContext,
  cleanup: CleanupStack,
  extra: Pick<StartEnvironmentOptions, "isIsolated" | "lifetime"> = {},
): Promise<StartedEnvironment> {
  const { loaded, plan, options } = run;
  const declared = loaded.config.environment;
  const set = declared.services[plan.services] ?? { profiles: [] };
  const environment = await startEnvironment(
    {
      composeFiles: declared.composeFiles.map((file) => resolve(loaded.folder, file)),
      projectDirectory: loaded.folder,
      composeProfiles: set.profiles,
      ...(set.only === undefined ? {} : { services: set.only }),
      anchor: run.anchor,
      seed: plan.seed,
      variables: declared.variables,
      secrets: run.secrets,
      startTimeoutMs: declared.startTimeoutMs,
      ...extra,
    },
    { signal: options.signal, events: run.events },
  );
  cleanup.defer(`remove environment ${environment.descriptor.id}`, () => environment[Symbol.asyncDispose](), {
    deadlineMs: 60_000,
  });
  return environment;
}
