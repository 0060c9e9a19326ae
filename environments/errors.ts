import { GauntletError, type GauntletErrorOptions } from "#core/errors";
import { exitCodes } from "#core/verdict";

/** The environment could not be provided, kept or removed: exit code 4. */
export class EnvironmentError extends GauntletError {
  override readonly name = "EnvironmentError";

  constructor(message: string, options: Omit<GauntletErrorOptions, "exitCode">) {
    super(message, { ...options, exitCode: exitCodes.environment });
  }
}

/** Gives file errors that a user can do something about a name and a next step; returns all others as they are. */
export function describeFileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new EnvironmentError(`no space left to write ${path}`, {
      code: "DISK_FULL",
      hint: "free some space, for example with `docker system df` and `docker builder prune`",
      cause: error,
    });
  }
  if (code !== undefined && ["EACCES", "EROFS", "EPERM", "ENOTDIR"].includes(code)) {
    return new EnvironmentError(`cannot write ${path}: ${code}`, {
      code: "STATE_NOT_WRITABLE",
      hint: "set GAUNTLET_STATE_DIR to a folder this user may write",
      cause: error,
    });
  }
  return error;
}
