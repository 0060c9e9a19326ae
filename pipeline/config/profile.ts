import { UsageError } from "#core/errors";
import type { CheckedConfig } from "./schema.ts";

export interface ResolvedProfile {
  name: string;
  suites: readonly string[];
  services: string;
  seed: number;
  budgetSeconds: number | undefined;
  retries: number;
}

/** The profile with what it extends folded in, nearest value first; without `suites` anywhere it has all of them. */
export function resolveProfile(config: CheckedConfig, name: string): ResolvedProfile {
  const profile = config.profiles[name];
  if (!profile) {
    throw new UsageError(`unknown profile "${name}"`, {
      code: "UNKNOWN_PROFILE",
      hint: `profiles: ${Object.keys(config.profiles).join(", ")}`,
    });
  }
  const base: ResolvedProfile =
    profile.extends === undefined
      ? {
          name,
          suites: Object.keys(config.suites),
          services: "core",
          seed: 42,
          budgetSeconds: undefined,
          retries: 0,
        }
      : resolveProfile(config, profile.extends);
  return {
    name,
    suites: profile.suites ?? base.suites,
    services: profile.services ?? base.services,
    seed: profile.seed ?? base.seed,
    budgetSeconds: profile.budgetSeconds ?? base.budgetSeconds,
    retries: profile.retries ?? base.retries,
  };
}
