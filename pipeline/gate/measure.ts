import { percentile, summarize } from "#core/statistics";
import type { Histogram, MetricKind, MetricRecord } from "#reports";
import type { Stat } from "./rules.ts";

export interface Measurement {
  value: number;
  /** How many observations it rests on. */
  samples: number;
  unit: string;
  method: string;
}

/** Nothing to measure, or nothing that can be measured this way. */
export type Unmeasured = { reason: "no-samples" | "senseless"; detail: string };

/**
 * `stat` over all records of one metric. Raw samples are taken as they are; with histograms among them, percentiles
 * are read off the summed distribution.
 */
export function measure(records: readonly MetricRecord[], stat: Stat): Measurement | Unmeasured {
  const [first] = records;
  if (first === undefined) return { reason: "no-samples", detail: "it was not recorded" };
  if (records.some((record) => record.kind !== first.kind || record.unit !== first.unit)) {
    return { reason: "senseless", detail: "its records differ in kind or unit and cannot be added up" };
  }
  if (!meaningful[first.kind].includes(stat)) {
    return { reason: "senseless", detail: `${stat} of a ${first.kind} means nothing` };
  }
  const samples = sampleCount(records);
  if (samples === 0) return { reason: "no-samples", detail: "it has no samples" };
  const found = statOf(records, first.kind, stat, samples);
  return found === undefined
    ? { reason: "no-samples", detail: `its histogram does not tell ${stat}` }
    : { ...found, samples, unit: stat === "count" && first.kind !== "counter" ? "1" : first.unit };
}

/**
 * The records of `metric` a rule means. Records whose labels are exactly those asked for hold the total; only where
 * there is none are the finer ones added up, so that a total and its parts are never counted twice.
 */
export function selectMetric(
  records: readonly MetricRecord[],
  metric: string,
  labels: Readonly<Record<string, string>>,
): MetricRecord[] {
  const wanted = Object.entries(labels);
  const matching = records.filter(
    (record) => record.name === metric && wanted.every(([key, value]) => record.labels[key] === value),
  );
  const exact = matching.filter((record) => Object.keys(record.labels).length === wanted.length);
  return exact.length > 0 ? exact : matching;
}

/** Observations; a counter's is each of its readings. */
export function sampleCount(records: readonly MetricRecord[]): number {
  return records.reduce(
    (sum, record) => sum + ("samples" in record ? record.samples.length : record.histogram.count),
    0,
  );
}

const levels: readonly Stat[] = ["count", "min", "mean", "p50", "p95", "p99", "max"];
const meaningful: Readonly<Record<MetricKind, readonly Stat[]>> = {
  distribution: levels,
  gauge: levels,
  rate: ["count", "mean", "rate"],
  counter: ["count"],
};

const exactMethod = "from all samples";

function statOf(
  records: readonly MetricRecord[],
  kind: MetricKind,
  stat: Stat,
  samples: number,
): Pick<Measurement, "value" | "method"> | undefined {
  if (stat === "count") {
    return kind === "counter"
      ? { value: total(records), method: "sum" }
      : { value: samples, method: "count" };
  }
  if (stat === "mean" || stat === "rate") return { value: total(records) / samples, method: exactMethod };
  const raw = records.flatMap((record) => ("samples" in record ? record.samples : []));
  if (raw.length === samples) return exactStat(raw, stat);
  return histogramStat(records.map(asHistogram), stat);
}

function exactStat(raw: readonly number[], stat: Exclude<Stat, "count" | "mean" | "rate">) {
  const value = summarize(raw)?.[stat];
  return value === undefined ? undefined : { value, method: exactMethod };
}

function histogramStat(histograms: readonly Histogram[], stat: Exclude<Stat, "count" | "mean" | "rate">) {
  const curves = histograms.filter(({ count }) => count > 0).map(cumulativeCurve);
  const quantile = { min: 0, p50: 0.5, p95: 0.95, p99: 0.99, max: 1 }[stat];
  const bounds = [...new Set(curves.flatMap((curve) => curve.map(([x]) => x)))].sort((a, b) => a - b);
  const target = quantile * histograms.reduce((sum, { count }) => sum + count, 0);
  const at = (x: number) => curves.reduce((sum, curve) => sum + heightAt(curve, x), 0);
  const tolerance = 1e-9 * Math.max(1, target);
  if (stat === "min")
    return bounds[0] === undefined ? undefined : { value: bounds[0], method: "from a histogram" };
  const index = bounds.findIndex((x) => at(x) >= target - tolerance);
  const high = bounds[index];
  if (high === undefined) return undefined;
  const low = bounds[index - 1] ?? high;
  const rise = at(high) - at(low);
  const isRecorded = Math.abs(at(high) - target) <= tolerance || rise <= 0;
  return isRecorded
    ? { value: high, method: "from a histogram" }
    : {
        value: low + ((high - low) * (target - at(low))) / rise,
        method: "interpolated in a histogram",
      };
}

type Curve = readonly (readonly [x: number, cumulative: number])[];

/** From the smallest value known, or the first bound, up to the largest. */
function cumulativeCurve({ buckets, min, max, count }: Histogram): Curve {
  const start = min ?? Math.min(0, buckets[0]?.le ?? 0);
  const points = buckets.filter(({ le }) => le >= start).map(({ le, count: c }) => [le, c] as const);
  const last = points.at(-1);
  const needsEnd = max !== undefined && (last === undefined || (last[1] < count && max >= last[0]));
  return [[start, 0], ...points, ...(needsEnd ? [[max, count] as const] : [])];
}

function heightAt(curve: Curve, x: number): number {
  const index = curve.findLastIndex(([bound]) => bound <= x);
  const [x0, y0] = curve[index] ?? [x, 0];
  const next = curve[index + 1];
  if (index < 0) return 0;
  return next === undefined ? y0 : y0 + ((next[1] - y0) * (x - x0)) / (next[0] - x0);
}

function asHistogram(record: MetricRecord): Histogram {
  if ("histogram" in record) return record.histogram;
  const sorted = [...record.samples].sort((a, b) => a - b);
  const distinct = [...new Set(sorted)];
  return {
    count: sorted.length,
    sum: sorted.reduce((sum, sample) => sum + sample, 0),
    ...(sorted.length === 0 ? {} : { min: percentile(sorted, 0) as number, max: sorted.at(-1) as number }),
    buckets: distinct.map((le) => ({ le, count: sorted.findLastIndex((sample) => sample <= le) + 1 })),
  };
}

function total(records: readonly MetricRecord[]): number {
  return records.reduce(
    (sum, record) =>
      sum +
      ("samples" in record
        ? record.samples.reduce((part, sample) => part + sample, 0)
        : record.histogram.sum),
    0,
  );
}
