/** Everything generated for one seed and anchor. Plain data: its JSON is the same bytes every time. */
export interface Sample {
  seed: number;
  /** ISO 8601; the end of the window. */
  anchor: string;
  /** Every timestamp lies within, both ends included. */
  window: { fromMs: number; toMs: number };
  /** In the order asked for. */
  tenants: TenantSample[];
}

export interface TenantSample {
  slug: string;
  name: string;
  /** A marker that must never be seen by another tenant. */
  canary: string;
  people: Person[];
  spans: Span[];
  /** By time. */
  logs: LogRecord[];
  metrics: RedMetrics;
}

export type Role = "viewer" | "editor" | "operator" | "admin";

/** Somebody who can log in; the password is a secret of the environment and no part of the sample. */
export interface Person {
  tenant: string;
  /** The same in every tenant: the role's name. */
  username: Role;
  displayName: string;
  email: string;
  roles: Role[];
}

export interface Span {
  tenant: string;
  service: string;
  operation: string;
  /** 32 and 16 lower-case hex digits. */
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  startUs: number;
  endUs: number;
  status: string;
  isError: boolean;
  attributes: Attributes;
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

export interface LogRecord {
  tenant: string;
  /** Whole milliseconds since the epoch, within the span of `spanId`. */
  timestampMs: number;
  service: string;
  level: LogLevel;
  message: string;
  traceId: string;
  spanId: string;
  attributes: Attributes;
}

export type Attributes = Record<string, string | number | boolean>;

/** Rate, errors, duration. `values[i]` belongs to `timestampsMs[i]`; counters start at 0 and never reset. */
export interface RedMetrics {
  timestampsMs: number[];
  counters: CounterSeries[];
  histograms: HistogramSeries[];
}

export interface CounterSeries {
  name: string;
  labels: Record<string, string>;
  values: number[];
}

export interface HistogramSeries {
  name: string;
  labels: Record<string, string>;
  /** Upper bounds, without the infinite one. */
  boundsSeconds: readonly number[];
  /** One row per bucket, the infinite one last; each row is cumulative over time and over bounds. */
  buckets: number[][];
  counts: number[];
  /** Whole microseconds: sums of integers are exact, sums of fractions are not. */
  sumsUs: number[];
  exemplars: Exemplar[];
}

/** The latest observation that fell into a bucket. */
export interface Exemplar {
  bucket: number;
  valueSeconds: number;
  timestampMs: number;
  traceId: string;
  spanId: string;
}
