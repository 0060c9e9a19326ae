import fc from "fast-check";
import { expect, it } from "vitest";
import { percentile, summarize } from "./index.ts";

it("interpolates as R type 7 does", () => {
  expect(percentile([15, 20, 35, 40, 50], 40)).toBeCloseTo(29);
  expect(percentile([7], 95)).toBe(7);
  expect(percentile([1, 2], 50)).toBe(1.5);
});

it("has no answer without samples and refuses a percentile out of range", () => {
  expect(percentile([], 50)).toBeUndefined();
  expect(summarize([])).toBeUndefined();
  expect(() => percentile([1], 101)).toThrow(RangeError);
});

it("orders its figures for any samples", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (samples) => {
      const summary = summarize(samples);
      expect(summary?.count).toBe(samples.length);
      const figures = summary && [summary.min, summary.p50, summary.p95, summary.p99, summary.max];
      expect(figures).toEqual([...(figures ?? [])].sort((a, b) => a - b));
    }),
  );
});
