export { attachEnvironment } from "./attach-environment.ts";
export { EnvironmentError } from "./errors.ts";
export { collectGarbage, type GarbageReport } from "./garbage.ts";
export type { Lifetime } from "./lifetime.ts";
export { type ComposeModel, type ComposeService, type ReadModelOptions, readComposeModel } from "./model.ts";
export { type EnvironmentRecord, listEnvironments } from "./record.ts";
export { removeEnvironment } from "./remove-environment.ts";
export {
  type StartEnvironmentIo,
  type StartEnvironmentOptions,
  startEnvironment,
} from "./start-environment.ts";
export type { StartedEnvironment } from "./started-environment.ts";
