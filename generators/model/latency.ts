import type { Random } from "#core/random";

/**
 * Microseconds at the quantiles 0, 0.5, 0.9, 0.99 and 1. A table instead of a formula: logarithms and exponentials are
 * implementation-approximated, so a formula would not give the same bytes on every engine.
 */
export type LatencyTable = readonly [min: number, p50: number, p90: number, p99: number, max: number];

const quantiles = [0, 0.5, 0.9, 0.99, 1] as const;

/** One duration in whole microseconds, linear between the table's points. */
export function drawLatencyUs(table: LatencyTable, random: Random): number {
  const draw = random.next();
  let upper = 1;
  while (upper < quantiles.length - 1 && draw >= (quantiles[upper] as number)) upper++;
  const fromQuantile = quantiles[upper - 1] as number;
  const toQuantile = quantiles[upper] as number;
  const from = table[upper - 1] as number;
  const to = table[upper] as number;
  return Math.floor(from + ((to - from) * (draw - fromQuantile)) / (toQuantile - fromQuantile));
}
