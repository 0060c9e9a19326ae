import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentile } from "#core/statistics";
import type { MetricRecord } from "#reports";
import { holds, operators, parseLimit } from "./limit.ts";
import { measure, selectMetric } from "./measure.ts";
import { numberText } from "./rule-result.ts";

const head = { v: 1 as const, name: "m", unit: "ms", labels: {} };
const raw = (samples: number[], more: Partial<MetricRecord> = {}): MetricRecord =>
  ({ ...head, kind: "distribution", samples, ...more }) as MetricRecord;
const histogram = (value: object, more: Partial<MetricRecord> = {}): MetricRecord =>
  ({ ...head, kind: "distribution", histogram: { sum: 0, ...value }, ...more }) as MetricRecord;
const value = (records: MetricRecord[], stat: Parameters<typeof measure>[1]) => {
  const found = measure(records, stat);
  return "reason" in found ? found.detail : found.value;
};

describe("statistics @req:A5", () => {
  it("of raw samples are those of all samples together, however they are split", () => {
    const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(samples, fc.nat(40), (all, cut) => {
        const split = [raw(all.slice(0, cut)), raw(all.slice(cut))];
        expect(value(split, "p95")).toBe(percentile(all, 95));
        expect(value(split, "max")).toBe(Math.max(...all));
        expect(value(split, "count")).toBe(all.length);
      }),
    );
  });

  it("of a histogram are exact at its bounds and interpolated between, as its method says", () => {
    const one = histogram({
      count: 100,
      sum: 900,
      min: 1,
      max: 50,
      buckets: [
        { le: 5, count: 50 },
        { le: 20, count: 95 },
      ],
    });
    expect(measure([one], "p95")).toMatchObject({ value: 20, samples: 100, method: "from a histogram" });
    expect(measure([one], "p99")).toMatchObject({ value: 44, method: "interpolated in a histogram" });
    expect([value([one], "min"), value([one], "max"), value([one], "mean")]).toEqual([1, 50, 9]);
    expect(value([one, one], "p50")).toBe(5);
  });

  it("of several histograms lie between theirs", () => {
    const buckets = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 50 })), {
        minLength: 1,
        maxLength: 6,
      })
      .map((pairs) => {
        const bounds = [...new Set(pairs.map(([le]) => le))].sort((a, b) => a - b);
        const counts = bounds.map((_, index) => pairs.slice(0, index + 1).reduce((sum, [, n]) => sum + n, 0));
        const cumulative = bounds.map((le, index) => ({ le, count: counts[index] ?? 0 }));
        const count = counts.at(-1);
        return histogram({ count, min: 0, max: bounds.at(-1), buckets: cumulative });
      });
    fc.assert(
      fc.property(buckets, buckets, fc.constantFrom("p50", "p95", "p99", "max"), (a, b, stat) => {
        const both = value([a, b], stat) as number;
        const parts = [value([a], stat), value([b], stat)] as [number, number];
        expect(both).toBeGreaterThanOrEqual(Math.min(...parts) - 1e-6);
        expect(both).toBeLessThanOrEqual(Math.max(...parts) + 1e-6);
      }),
    );
  });

  it("mix raw samples with histograms", () => {
    const one = histogram({ count: 2, min: 10, max: 20, buckets: [{ le: 20, count: 2 }] });
    expect(value([one, raw([15, 15])], "max")).toBe(20);
    expect(value([one, raw([])], "p50")).toBe(15);
  });

  it("of rates and counters", () => {
    const rate = raw([1, 0, 0, 1], { kind: "rate", unit: "1" });
    expect([value([rate], "rate"), value([rate], "count")]).toEqual([0.5, 4]);
    expect(measure([raw([3], { kind: "counter" }), raw([4], { kind: "counter" })], "count")).toEqual({
      value: 7,
      samples: 2,
      unit: "ms",
      method: "sum",
    });
  });

  it("are refused where they mean nothing", () => {
    expect(value([raw([1], { kind: "counter" })], "p95")).toBe("p95 of a counter means nothing");
    expect(value([raw([1]), raw([1], { unit: "s" })], "p95")).toMatch(/differ in kind or unit/);
    expect(value([raw([])], "max")).toBe("it has no samples");
    expect(value([histogram({ count: 10, buckets: [{ le: 5, count: 8 }] })], "p99")).toBe(
      "its histogram does not tell p99",
    );
  });
});

it("takes the total where there is one, else its parts", () => {
  const part = (tenant: string) => raw([1], { labels: { tenant } });
  const records = [part("a"), part("b"), raw([5]), { ...raw([9]), name: "other" }];
  expect(selectMetric(records, "m", {})).toEqual([raw([5])]);
  expect(selectMetric(records.slice(0, 2), "m", {})).toHaveLength(2);
  expect(selectMetric(records, "m", { tenant: "a" })).toEqual([part("a")]);
});

describe("limits", () => {
  it.each([
    ["<250", { op: "<", value: 250, relativeTo: "nothing" }],
    [" >= 0.99 ", { op: ">=", value: 0.99, relativeTo: "nothing" }],
    ["==0", { op: "=", value: 0, relativeTo: "nothing" }],
    [">-3", { op: ">", value: -3, relativeTo: "nothing" }],
    ["<=+10%", { op: "<=", value: 10, relativeTo: "baseline" }],
    ["<=10%", undefined],
    ["250", undefined],
    ["<", undefined],
    ["<1;", undefined],
    ["", undefined],
  ])("%j", (text, expected) => {
    expect(parseLimit(text)).toEqual(expected);
  });

  it("hold or not, never both ways", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const [less, atMost, more, atLeast, same] = operators.map((op) => holds(a, op, b));
        expect([less, atMost, same]).toEqual([!atLeast, !more, !less && !more]);
      }),
    );
  });
});

it("writes numbers with their unit", () => {
  expect([numberText(1 / 3), numberText(12, "%"), numberText(5, "ms"), numberText(2, "{request}")]).toEqual([
    "0.333333",
    "12%",
    "5 ms",
    "2",
  ]);
});
