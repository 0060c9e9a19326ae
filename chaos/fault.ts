import type { z } from "zod";
import type { Clock } from "#core/clock";
import type { Target, TargetChange, TargetState } from "#core/ports";

/**
 * One way to disturb a target. A fault knows nothing of probability, duration, target choice or fan-out: those are
 * the runner's, and the runner never asks which fault it holds.
 */
export interface Fault<Settings = unknown> {
  readonly kind: string;
  /** Strict; `kind` is checked by the caller. */
  readonly schema: z.ZodType<Settings>;
  /** What would be done to `service`, as a sentence for a dry run. Does nothing. */
  describe(settings: Settings, service: string): string;
  /** Starts the disturbance. A rejection may still have had an effect: the runner heals either way. */
  apply(settings: Settings, target: Target): Promise<void>;
  /** Ends it and everything it left. Idempotent; works in a process that did not apply it. Rejects at `signal`. */
  heal(settings: Settings, target: Target, context: HealContext): Promise<void>;
  /** Says from evidence alone whether the disturbance took place. */
  presence(observation: Observation): Presence;
}

export interface HealContext {
  clock: Clock;
  signal: AbortSignal;
}

/** What was seen of one target around a fault, by the engine's own word. */
export interface Observation {
  service: string;
  before: TargetState;
  now: TargetState;
  /** Since just before the fault, in order. */
  changes: readonly TargetChange[];
  /** When the fault was applied, milliseconds since the Unix epoch. */
  appliedAtMs: number;
}

export interface Presence {
  observed: boolean;
  /** What was seen, for or against, as sentences. */
  evidence: readonly string[];
  /** When the disturbance itself was over, so that recovery could begin; undefined while it lasts. */
  endedAtMs?: number;
}
