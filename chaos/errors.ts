import { GauntletError } from "#core/errors";

/** An experiment could not be carried out. A system that fails under a fault is a result, never one of these. */
export class ChaosError extends GauntletError {
  override readonly name = "ChaosError";
}
