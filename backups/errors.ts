import { GauntletError } from "#core/errors";

/**
 * A backup, a restore or a stored object is not what it has to be. A restore that works but yields other data is a
 * result (see `compareDigests`), never one of these.
 */
export class BackupError extends GauntletError {
  override readonly name = "BackupError";
}
