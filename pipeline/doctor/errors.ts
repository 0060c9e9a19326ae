import { GauntletError, type GauntletErrorOptions } from "#core/errors";
import { exitCodes } from "#core/verdict";

/** The machine could not be made ready: exit code 4 unless told otherwise. */
export class DoctorError extends GauntletError {
  override readonly name = "DoctorError";

  constructor(message: string, options: Omit<GauntletErrorOptions, "exitCode">) {
    super(message, { ...options, exitCode: exitCodes.environment });
  }
}
