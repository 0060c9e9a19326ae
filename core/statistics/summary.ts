export interface Summary {
  count: number;
  min: number;
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/**
 * The `p`-th percentile (0-100) of `samples` by linear interpolation between closest ranks
 * (Hyndman and Fan 1996, type 7; the default of R and NumPy). Undefined without samples.
 */
export function percentile(samples: readonly number[], p: number): number | undefined {
  if (p < 0 || p > 100) throw new RangeError(`percentile must be within 0..100, got ${p}`);
  return percentileOfSorted(
    [...samples].sort((a, b) => a - b),
    p,
  );
}

/** Undefined without samples: an absence of measurements has no mean. */
export function summarize(samples: readonly number[]): Summary | undefined {
  if (samples.length === 0) return undefined;
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (p: number) => percentileOfSorted(sorted, p) as number;
  return {
    count: sorted.length,
    min: at(0),
    mean: sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length,
    p50: at(50),
    p95: at(95),
    p99: at(99),
    max: at(100),
  };
}

function percentileOfSorted(sorted: readonly number[], p: number): number | undefined {
  const rank = (p / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)];
  const high = sorted[Math.ceil(rank)];
  if (low === undefined || high === undefined) return undefined;
  return low + (high - low) * (rank - Math.floor(rank));
}
