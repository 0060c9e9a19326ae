import type { CounterSeries, HistogramSeries, RedMetrics, Sample, Span } from "../sample/sample.ts";

export const requestsMetric = "service_requests_total";
export const durationMetric = "service_request_duration_seconds";

const stepMs = 15_000;
const boundsSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
// Compared as whole microseconds, so that no rounding decides which bucket an observation falls into.
const boundsUs = boundsSeconds.map((seconds) => Math.round(seconds * 1_000_000));

/**
 * Rate, errors and duration as the services would count them: one observation per span, at its end. A point at time t
 * holds everything that ended at or before t; every series begins with the window, at 0 or with what ended then.
 */
export function redMetricsOf(spans: readonly Span[], window: Sample["window"]): RedMetrics {
  const timestampsMs: number[] = [];
  for (let at = window.fromMs; at <= window.toMs; at += stepMs) timestampsMs.push(at);
  const byEnd = spans.toSorted((a, b) => a.endUs - b.endUs);
  const counters = groupBy(byEnd, (span) => ({ ...labelsOf(span), status: span.status }));
  const histograms = groupBy(byEnd, labelsOf);
  return {
    timestampsMs,
    counters: counters.map(({ labels, members }): CounterSeries => {
      return { name: requestsMetric, labels, values: accumulate(members, timestampsMs, () => 1) };
    }),
    histograms: histograms.map(({ labels, members }) => histogramOf(labels, members, timestampsMs)),
  };
}

function histogramOf(
  labels: Record<string, string>,
  spans: readonly Span[],
  timestampsMs: readonly number[],
): HistogramSeries {
  const latest = new Map<number, Span>();
  for (const span of spans) latest.set(bucketOf(span), span);
  return {
    name: durationMetric,
    labels,
    boundsSeconds,
    buckets: [...boundsUs, Number.POSITIVE_INFINITY].map((boundUs) =>
      accumulate(spans, timestampsMs, (span) => (durationUs(span) <= boundUs ? 1 : 0)),
    ),
    counts: accumulate(spans, timestampsMs, () => 1),
    sumsUs: accumulate(spans, timestampsMs, durationUs),
    exemplars: [...latest]
      .sort(([a], [b]) => a - b)
      .map(([bucket, span]) => ({
        bucket,
        valueSeconds: durationUs(span) / 1_000_000,
        timestampMs: Math.floor(span.endUs / 1000),
        traceId: span.traceId,
        spanId: span.spanId,
      })),
  };
}

function bucketOf(span: Span): number {
  const found = boundsUs.findIndex((boundUs) => durationUs(span) <= boundUs);
  return found < 0 ? boundsUs.length : found;
}

function durationUs(span: Span): number {
  return span.endUs - span.startUs;
}

function labelsOf(span: Span): Record<string, string> {
  return { operation: span.operation, service: span.service, tenant: span.tenant };
}

/** Running totals at each timestamp; `spans` are ordered by end. */
function accumulate(
  spans: readonly Span[],
  timestampsMs: readonly number[],
  amountOf: (span: Span) => number,
): number[] {
  let next = 0;
  let total = 0;
  return timestampsMs.map((at) => {
    for (let span = spans[next]; span !== undefined && span.endUs <= at * 1000; span = spans[++next]) {
      total += amountOf(span);
    }
    return total;
  });
}

/** Groups in the order of their labels, so that the order of spans does not show. */
function groupBy(
  spans: readonly Span[],
  labelsOfSpan: (span: Span) => Record<string, string>,
): { labels: Record<string, string>; members: Span[] }[] {
  const groups = new Map<string, { labels: Record<string, string>; members: Span[] }>();
  for (const span of spans) {
    const labels = labelsOfSpan(span);
    const key = JSON.stringify(labels);
    const group = groups.get(key);
    if (group) group.members.push(span);
    else groups.set(key, { labels, members: [span] });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
