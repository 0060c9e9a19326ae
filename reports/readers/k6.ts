import type { NewMetric, NewTest } from "../bundle/open-bundle.ts";
import type { Histogram } from "../bundle/records.ts";
import { testErrorOf } from "../bundle/test-error.ts";
import { type K6Metric, type K6Summary, parseK6Summary } from "./k6-summary.ts";
import { identities, type ReadResults } from "./results.ts";

export interface K6ReaderOptions {
  suite: string;
  /** The script, relative to the project. */
  file: string;
  /** ISO time. */
  startedAt: string;
  durationMs: number;
  /** k6's own; 99 says that a threshold was crossed even where the summary does not. */
  exitCode?: number;
}

/**
 * k6's end-of-test summary: thresholds and checks become tests, metrics become metrics. A threshold over no samples is
 * broken, though k6 calls it met. A check fails when it failed once, unless the script has a threshold on `checks`: then
 * that threshold is the judge.
 *
 * Percentiles are exact where the summary has them. Their sample count needs `count` among the trend statistics
 * (`--summary-trend-stats "avg,min,med,max,p(90),p(95),p(99),count"`); without it own trends count as unmeasured.
 */
export function readK6Summary(report: unknown, options: K6ReaderOptions): ReadResults {
  const summary = parseK6Summary(report);
  const counted = {
    ...summary,
    metrics: summary.metrics.map((metric) => withCount(metric, summary.metrics)),
  };
  const idOf = identities();
  const { suite, file, startedAt, durationMs } = options;
  const asTest = ({ title, ...outcome }: Claim): NewTest => ({
    id: idOf({ suite, file, title }),
    file,
    title,
    attempt: 1,
    startedAt,
    durationMs,
    ...outcome,
  });
  const thresholds = thresholdClaims(counted, options.exitCode);
  return {
    tests: [...thresholds, ...checkClaims(counted)].map(asTest),
    metrics: counted.metrics.flatMap(metricsOf),
  };
}

type Claim = Pick<NewTest, "status" | "error"> & { title: string[] };

function thresholdClaims({ metrics }: K6Summary, exitCode: number | undefined): Claim[] {
  const claims = metrics.flatMap((metric) =>
    metric.thresholds.map(({ expression, isMet }): Claim => {
      const title = ["thresholds", `${displayName(metric)} ${expression}`];
      if (samplesOf(metric) === 0) {
        return { title, status: "broken", error: testErrorOf(`${displayName(metric)} has no samples`) };
      }
      if (isMet) return { title, status: "passed" };
      return {
        title,
        status: "failed",
        error: testErrorOf(`${displayName(metric)} is ${valuesText(metric)}`),
      };
    }),
  );
  const isExplained = exitCode !== 99 || claims.some(({ status }) => status === "failed");
  return isExplained
    ? claims
    : [
        ...claims,
        {
          title: ["thresholds", "all are met"],
          status: "failed",
          error: testErrorOf(
            "k6 says that thresholds were crossed (exit 99); its summary does not say which",
          ),
        },
      ];
}

function checkClaims({ checks, metrics }: K6Summary): Claim[] {
  const judges = metrics.filter(({ name }) => name === "checks").flatMap(({ thresholds }) => thresholds);
  const isJudgedElsewhere = judges.length > 0 && judges.every(({ isMet }) => isMet);
  return checks.map(({ name, groups, passes, fails }) => {
    const title = ["checks", ...groups, name];
    if (passes + fails === 0) return { title, status: "skipped" };
    if (fails === 0 || isJudgedElsewhere) return { title, status: "passed" };
    return { title, status: "failed", error: testErrorOf(`${fails} of ${passes + fails} failed`) };
  });
}

function metricsOf(metric: K6Metric): NewMetric[] {
  const { name, labels, values } = metric;
  const unit = { time: "ms", data: "By", default: "1" }[metric.contains];
  switch (metric.type) {
    case "trend":
      return [{ name, labels, unit, kind: "distribution", histogram: trendHistogram(values) }];
    case "rate": {
      const { passes = 0, fails = 0 } = values;
      const buckets = [
        { le: 0, count: fails },
        { le: 1, count: passes + fails },
      ];
      return [
        { name, labels, unit: "1", kind: "rate", histogram: { count: passes + fails, sum: passes, buckets } },
      ];
    }
    case "counter": {
      const perSecond = values["rate"] === undefined ? [] : [values["rate"]];
      return [
        { name, labels, unit, kind: "counter", samples: [values["count"] ?? 0] },
        ...perSecond.map(
          (rate): NewMetric => ({
            name: `${name}_per_second`,
            labels,
            unit: unit === "1" ? "/s" : `${unit}/s`,
            kind: "gauge",
            samples: [rate],
          }),
        ),
      ];
    }
    case "gauge":
      return [
        {
          name,
          labels,
          unit,
          kind: "gauge",
          samples: values["value"] === undefined ? [] : [values["value"]],
        },
      ];
  }
}

/** Bounds at the percentiles the summary has, so that these are read back exactly. */
function trendHistogram(values: Readonly<Record<string, number>>): Histogram {
  const count = values["count"] ?? 0;
  if (count === 0) return { count: 0, sum: 0, buckets: [] };
  const points = Object.entries(values)
    .map(([stat, le]) => ({ le, count: (percentileOf(stat) ?? Number.NaN) * count }))
    .filter((point) => Number.isFinite(point.count))
    .sort((a, b) => a.le - b.le || a.count - b.count);
  const buckets = points.filter((point, index) => points[index + 1]?.le !== point.le);
  return {
    count,
    sum: (values["avg"] ?? 0) * count,
    ...(values["min"] === undefined ? {} : { min: values["min"] }),
    ...(values["max"] === undefined ? {} : { max: values["max"] }),
    buckets,
  };
}

/** The share of samples at or below a statistic of that name. */
function percentileOf(stat: string): number | undefined {
  if (stat === "med") return 0.5;
  if (stat === "max") return 1;
  const match = /^p\((\d+(?:\.\d+)?)\)$/.exec(stat);
  return match === null ? undefined : Number(match[1]) / 100;
}

/** k6's own timings have one sample per request or iteration; of other trends only their `count` tells. */
function withCount(metric: K6Metric, all: readonly K6Metric[]): K6Metric {
  if (metric.type !== "trend" || metric.values["count"] !== undefined) return metric;
  if (Object.keys(metric.labels).length > 0) return metric;
  const counter = metric.name.startsWith("http_req_")
    ? "http_reqs"
    : metric.name === "iteration_duration"
      ? "iterations"
      : undefined;
  const count = all.find(({ name, labels }) => name === counter && Object.keys(labels).length === 0)?.values[
    "count"
  ];
  return count === undefined ? metric : { ...metric, values: { ...metric.values, count } };
}

/** A trend without count that was ever above zero has samples, though nobody knows how many. */
function samplesOf({ type, values }: K6Metric): number {
  switch (type) {
    case "trend":
      return values["count"] ?? (values["max"] ? 1 : 0);
    case "rate":
      return (values["passes"] ?? 0) + (values["fails"] ?? 0);
    case "counter":
    case "gauge":
      return 1;
  }
}

function displayName({ name, labels }: K6Metric): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}:${value}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

function valuesText({ values }: K6Metric): string {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stat, value]) => `${stat}=${Number(value.toPrecision(4))}`)
    .join(" ");
}
