export { type BackupContext, createRecoveryPoint } from "./create-recovery-point.ts";
export { compareDigests, type Digest, type DigestComparison, type DigestDifference } from "./digest.ts";
export { type DrillCheck, type DrillOptions, runDrill } from "./drill.ts";
export type { DrillPart, DrillResult, DrillStep } from "./drill-result.ts";
export type { BackupEngine, EngineCapabilities } from "./engines/engine.ts";
export { engines } from "./engines/index.ts";
export { type BackupKey, createBackupKey, resolveBackupKey } from "./envelope/key.ts";
export { BackupError } from "./errors.ts";
export type { Manifest } from "./manifest.ts";
export { type BackupPolicy, type BackupSource, loadBackupPolicy, parseBackupPolicy } from "./policy.ts";
export { openFolderRepository } from "./repository/folder-repository.ts";
export type { Repository, StoredObject } from "./repository/repository.ts";
export {
  listRecoveryPoints,
  type RestoredSource,
  type RestoreResult,
  readManifest,
  restoreRecoveryPoint,
} from "./restore-recovery-point.ts";
