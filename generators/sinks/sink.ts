import type { Clock } from "#core/clock";
import type { Sample } from "../sample/sample.ts";

export type Signal = "people" | "logs" | "metrics" | "traces";

/** Where one signal of a sample goes. */
export interface Sink {
  readonly signal: Signal;
  /** Whom errors speak of: the signal and its address, never a secret. */
  readonly name: string;
  /**
   * Delivers all tenants' data of the signal, at most two batches in flight. Resolves when everything was answered;
   * what the receiver did not take is counted as rejected. Throws SeedError, or the signal's reason when aborted.
   */
  deliver(sample: Sample, io: SinkIo): Promise<DeliveryCount>;
}

export interface SinkIo {
  signal: AbortSignal;
  clock: Clock;
}

/** In the signal's own unit: users, log records, samples of series, spans. */
export interface DeliveryCount {
  generated: number;
  sent: number;
  accepted: number;
  rejected: number;
  /** What the receiver said about rejected ones, the first few. */
  reasons?: string[];
}
