import type { BackupSource } from "../policy.ts";
import type { BackupEngine } from "./engine.ts";
import { filesEngine } from "./files.ts";
import { postgresEngine } from "./postgres.ts";

/** Every engine there is, by the name a policy uses. */
export const engines = { postgres: postgresEngine, files: filesEngine } as const;

export function engineOf(source: BackupSource): BackupEngine<BackupSource> {
  return engines[source.engine] as BackupEngine<BackupSource>;
}
