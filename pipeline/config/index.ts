export { type DescribedValue, describeConfig } from "./describe-config.ts";
export { type LoadedConfig, loadConfig } from "./load-config.ts";
export { type ResolvedProfile, resolveProfile } from "./profile.ts";
export { type CheckedConfig, configSchema, defineConfig, type GauntletConfig } from "./schema.ts";
export { resolveSecrets } from "./secrets.ts";
export type { RunnerName, ServiceUrl, SuiteConfig, SuiteOf } from "./suite-schema.ts";
export { type ValidProject, validateProject } from "./validate-project.ts";
