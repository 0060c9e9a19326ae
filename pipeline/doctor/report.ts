import type { NeedName } from "./needs.ts";

/**
 * `present`: was there. `installed`, `started`: doctor did it just now. `missing`: not there, nothing was tried.
 * `failed`: doctor tried, or what is there cannot be used.
 */
export type NeedState = "present" | "installed" | "started" | "missing" | "failed";

export interface DoneStep {
  what: string;
  tookMs: number;
}

export interface NeedReport {
  need: NeedName;
  state: NeedState;
  version?: string;
  /** Path, address or tag it was found at. */
  where?: string;
  /** What doctor changed, in order, each with its time. */
  done: readonly DoneStep[];
  /** Why it is missing or failed, as a sentence. */
  reason?: string;
  /** The next thing to try in words, where commands do not say it. */
  hint?: string;
  /** What to type to get it without doctor; empty when it is there or nobody can say. */
  commands: readonly string[];
  tookMs: number;
}

export interface DoctorReport {
  v: 1;
  /** Every need is present, installed or started. */
  isReady: boolean;
  machine: { distribution: string; isRoot: boolean };
  needs: readonly NeedReport[];
  tookMs: number;
}

export function isThere(need: NeedReport): boolean {
  return need.state === "present" || need.state === "installed" || need.state === "started";
}
