import type { HistogramSeries, RedMetrics } from "../sample/sample.ts";

/** One series as Prometheus stores it; `values[i]` belongs to the metrics' `timestampsMs[i]`. */
export interface PrometheusSeries {
  /** Ordered by name, `__name__` included. */
  labels: [name: string, value: string][];
  values: number[];
  exemplars: { labels: [string, string][]; value: number; timestampMs: number }[];
}

/** Counters as they are, a histogram as its buckets, sum and count. */
export function prometheusSeriesOf(metrics: RedMetrics): PrometheusSeries[] {
  return [
    ...metrics.counters.map(({ name, labels, values }) => series(name, labels, values)),
    ...metrics.histograms.flatMap(histogramSeries),
  ];
}

/** Marks what was seeded, so that rules over the scraped series do not meet it by accident. */
const job = "gauntlet-seed";

function histogramSeries(histogram: HistogramSeries): PrometheusSeries[] {
  const { name, labels, boundsSeconds } = histogram;
  return [
    ...histogram.buckets.map((values, bucket) => ({
      ...series(`${name}_bucket`, { ...labels, le: String(boundsSeconds[bucket] ?? "+Inf") }, values),
      exemplars: histogram.exemplars
        .filter((exemplar) => exemplar.bucket === bucket)
        .map(({ traceId, spanId, valueSeconds, timestampMs }) => ({
          labels: [
            ["span_id", spanId],
            ["trace_id", traceId],
          ] satisfies [string, string][],
          value: valueSeconds,
          timestampMs,
        })),
    })),
    series(`${name}_count`, labels, histogram.counts),
    series(
      `${name}_sum`,
      labels,
      histogram.sumsUs.map((sumUs) => sumUs / 1_000_000),
    ),
  ];
}

function series(name: string, labels: Record<string, string>, values: number[]): PrometheusSeries {
  const all = Object.entries({ ...labels, __name__: name, job });
  return { labels: all.sort(([a], [b]) => (a < b ? -1 : 1)), values, exemplars: [] };
}
