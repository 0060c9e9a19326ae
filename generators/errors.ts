import { GauntletError, type GauntletErrorOptions } from "#core/errors";

export type SeedErrorCode =
  /** Nothing answers at the sink's address, or it hung up. */
  | "SEED_SINK_UNREACHABLE"
  | "SEED_SINK_TIMEOUT"
  /** The sink answered 401 or 403. */
  | "SEED_UNAUTHORIZED"
  /** The sink answered with another status that a retry does not cure. */
  | "SEED_REFUSED"
  /** The sink kept asking to come back later. */
  | "SEED_SINK_BUSY"
  /** The answer is not what the sink's contract says. */
  | "SEED_UNEXPECTED_ANSWER"
  /** The sink took only a part of records that are all valid. */
  | "SEED_RECORDS_REJECTED"
  /** generated, sent, accepted and rejected do not add up. */
  | "SEED_COUNT_MISMATCH"
  | "SEED_TOO_OLD"
  | "SEED_OUTPUT_UNWRITABLE";

/** Synthetic data could not be delivered whole. */
export class SeedError extends GauntletError {
  override readonly name = "SeedError";

  constructor(message: string, options: GauntletErrorOptions & { code: SeedErrorCode }) {
    super(message, options);
  }
}
