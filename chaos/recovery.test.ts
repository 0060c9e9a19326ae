import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findFirstFailure, findRecovery } from "./recovery.ts";
import { judgeSteadyState } from "./steady-state.ts";

interface Request {
  atMs: number;
  hasFailed: boolean;
}

function observing(requests: readonly Request[]) {
  return (fromMs: number, toMs: number) => {
    const within = requests.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    return { requests: within.length, failed: within.filter((one) => one.hasFailed).length, latencies: [] };
  };
}

const requests = (pattern: string, everyMs = 50): Request[] =>
  [...pattern].map((letter, index) => ({ atMs: index * everyMs, hasFailed: letter === "x" }));

describe("findRecovery", () => {
  it("begins with the first of a row of successes, not with a lucky one before @req:D6", () => {
    const observe = observing(requests("xx.xx.....xx"));
    expect(findRecovery({ observe, fromMs: 0, toMs: 600, consecutiveSuccesses: 5 })).toEqual({
      atMs: 260,
      precisionMs: 60,
    });
  });

  it("ignores successes from before the disturbance was over", () => {
    const observe = observing(requests("......xx....."));
    expect(findRecovery({ observe, fromMs: 280, toMs: 650, consecutiveSuccesses: 3 })?.atMs).toBe(420);
  });

  it("finds none in a row that is too short or still failing", () => {
    const observe = observing(requests("xx...x...x"));
    expect(findRecovery({ observe, fromMs: 0, toMs: 500, consecutiveSuccesses: 4 })).toBeUndefined();
    expect(
      findRecovery({ observe: observing([]), fromMs: 0, toMs: 500, consecutiveSuccesses: 1 }),
    ).toBeUndefined();
  });

  it("is never early, and late by no more than its precision, for any course of requests @req:D6", () => {
    const courses = fc.array(fc.record({ gapMs: fc.integer({ min: 1, max: 80 }), hasFailed: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(courses, fc.integer({ min: 1, max: 4 }), (steps, consecutiveSuccesses) => {
        let atMs = 0;
        const course: Request[] = [];
        for (const { gapMs, hasFailed } of steps) {
          atMs += gapMs;
          course.push({ atMs, hasFailed });
        }
        const found = findRecovery({
          observe: observing(course),
          fromMs: 0,
          toMs: Math.ceil((atMs + 1) / 20) * 20,
          consecutiveSuccesses,
        });
        if (!found) return;
        const row = course.filter((one) => one.atMs < found.atMs && one.atMs >= found.atMs - 20);
        expect(row.some((one) => !one.hasFailed)).toBe(true);
        const after = course.filter((one) => one.atMs >= found.atMs - 20).slice(0, consecutiveSuccesses);
        expect(after.every((one) => !one.hasFailed)).toBe(true);
        expect(found.precisionMs).toBeGreaterThan(0);
        const lastFailure = course.filter((one) => one.hasFailed && one.atMs < found.atMs).at(-1);
        if (lastFailure) expect(lastFailure.atMs).toBeGreaterThanOrEqual(found.atMs - found.precisionMs);
      }),
    );
  });
});

it("finds when the workload first noticed, to a step", () => {
  const observe = observing(requests("....x.."));
  expect(findFirstFailure({ observe, fromMs: 0, toMs: 350 })).toBe(220);
  expect(findFirstFailure({ observe, fromMs: 0, toMs: 200 })).toBeUndefined();
});

describe("judgeSteadyState", () => {
  const tolerance = { errorRatio: 0.1, p95Ms: 100, windowMs: 1000, minRequests: 4 };
  const load = (failed: number, latencies: number[]) => ({ requests: latencies.length, failed, latencies });

  it("is silent within tolerance and finds errors and slowness beyond it @req:D1", () => {
    expect(judgeSteadyState(load(0, [10, 20, 30, 40]), tolerance)).toMatchObject({
      isWithinTolerance: true,
      errorRatio: 0,
    });
    expect(judgeSteadyState(load(1, [10, 20, 30, 40]), tolerance)).toMatchObject({
      isWithinTolerance: false,
      isJudged: true,
      message: "1 of 4 requests failed (25 %, at most 10 %), p95 39 ms (at most 100 ms)",
    });
    expect(judgeSteadyState(load(0, [10, 20, 30, 400]), tolerance).isWithinTolerance).toBe(false);
  });

  it("does not judge too few requests, nor latencies it was not given @req:D1", () => {
    expect(judgeSteadyState(load(0, [1, 1]), tolerance)).toMatchObject({
      isWithinTolerance: false,
      isJudged: false,
    });
    const blind = { requests: 9, failed: 0, latencies: [] };
    expect(judgeSteadyState(blind, tolerance).isWithinTolerance).toBe(false);
    const { p95Ms: _, ...errorsOnly } = tolerance;
    expect(judgeSteadyState(blind, errorsOnly).isWithinTolerance).toBe(true);
  });
});
