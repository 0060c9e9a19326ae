import { prometheusSeriesOf } from "../encoders/prometheus-series.ts";
import { digestOf } from "../sample/generate-sample.ts";
import type { LogRecord, Role, Sample, Span, TenantSample } from "../sample/sample.ts";
import { requestsMetric } from "../signals/red-metrics.ts";

/** What was seeded, for suites to compare with what the system gives back. `ground-truth.json`. */
export interface GroundTruth {
  v: 1;
  seed: number;
  anchor: string;
  /** ISO 8601, both ends included. */
  window: { from: string; to: string };
  /** sha256 over the sample: two runs with the same one were filled with the same data. */
  digest: string;
  tenants: Record<string, TenantTruth>;
}

export interface TenantTruth {
  name: string;
  /** Must never be seen by another tenant. */
  canary: string;
  people: { username: Role; displayName: string; email: string; roles: Role[] }[];
  logs: {
    total: number;
    byLevel: Record<string, number>;
    byService: Record<string, number>;
    /** Records whose message holds the canary. */
    canaryMessages: number;
    /** Words that only this tenant's messages hold, with the number of messages; the most frequent. */
    terms: Record<string, number>;
  };
  spans: { total: number; traces: number; errors: number; byService: Record<string, number> };
  metrics: { series: number; samples: number; requestsMetric: string };
  /** A few traces from log to span: the first ones that failed, and the first that did not. */
  examples: { traceId: string; isError: boolean; spans: number; logs: number }[];
}

export function groundTruthOf(sample: Sample): GroundTruth {
  return {
    v: 1,
    seed: sample.seed,
    anchor: sample.anchor,
    window: {
      from: new Date(sample.window.fromMs).toISOString(),
      to: new Date(sample.window.toMs).toISOString(),
    },
    digest: digestOf(sample),
    tenants: Object.fromEntries(sample.tenants.map((tenant) => [tenant.slug, tenantTruth(tenant)])),
  };
}

function tenantTruth(tenant: TenantSample): TenantTruth {
  const { name, canary, people, logs, spans, metrics } = tenant;
  const series = prometheusSeriesOf(metrics);
  const traces = Map.groupBy(spans, (span) => span.traceId);
  return {
    name,
    canary,
    people: people.map(({ username, displayName, email, roles }) => ({
      username,
      displayName,
      email,
      roles,
    })),
    logs: {
      total: logs.length,
      byLevel: countBy(logs, (log) => log.level),
      byService: countBy(logs, (log) => log.service),
      canaryMessages: logs.filter(({ message }) => message.includes(canary)).length,
      terms: frequentTerms(logs),
    },
    spans: {
      total: spans.length,
      traces: traces.size,
      errors: spans.filter((span) => span.isError).length,
      byService: countBy(spans, (span) => span.service),
    },
    metrics: { series: series.length, samples: series.length * metrics.timestampsMs.length, requestsMetric },
    examples: examplesOf(traces, logs),
  };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const groups = [...Map.groupBy(items, keyOf)].map(([key, members]) => [key, members.length] as const);
  return Object.fromEntries(groups.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Search terms are letters followed by three digits; nothing else in a message looks like that. */
function frequentTerms(logs: readonly LogRecord[]): Record<string, number> {
  const words = logs.flatMap(({ message }) => [...new Set(message.match(/\b[a-z]{2,}\d{3}\b/g))]);
  const counted = Object.entries(countBy(words, (word) => word));
  return Object.fromEntries(counted.sort(([, a], [, b]) => b - a).slice(0, 10));
}

function examplesOf(
  traces: ReadonlyMap<string, Span[]>,
  logs: readonly LogRecord[],
): TenantTruth["examples"] {
  const logsOfTrace = countBy(logs, (log) => log.traceId);
  const described = [...traces].map(([traceId, spans]) => ({
    traceId,
    isError: spans.some((span) => span.isError),
    spans: spans.length,
    logs: logsOfTrace[traceId] ?? 0,
  }));
  return [
    ...described.filter((trace) => trace.isError).slice(0, 3),
    ...described.filter((trace) => !trace.isError).slice(0, 3),
  ];
}
