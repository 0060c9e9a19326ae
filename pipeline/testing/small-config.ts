import { type CheckedConfig, configSchema, type GauntletConfig } from "../config/schema.ts";

/** A configuration that is valid as it stands, for tests that change one thing about it. */
export const smallConfig: GauntletConfig = {
  project: "shop",
  environment: { composeFiles: ["compose.yaml"] },
  suites: { smoke: { runner: "smoke" } },
  profiles: { pr: {} },
};

/** The same after defaults, with `changes` on top. Throws ZodError when they make it invalid. */
export function checkedConfig(changes: Partial<GauntletConfig> = {}): CheckedConfig {
  return configSchema.parse({ ...smallConfig, ...changes });
}
