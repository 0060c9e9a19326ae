import { describe, expect, test } from "vitest";
import { countsIn } from "./vitest-counts.ts";

const file = (status: string, ...assertions: string[]) => ({
  status,
  assertionResults: assertions.map((assertion) => ({ status: assertion })),
});
const report = (passed: number, failed: number, files: unknown[], success = failed === 0) =>
  JSON.stringify({ success, numPassedTests: passed, numFailedTests: failed, testResults: files });

describe("counts of a vitest report", () => {
  test("are its tests", () => {
    expect(countsIn(report(2, 1, [file("passed", "passed", "passed"), file("failed", "failed")]))).toEqual({
      passed: 2,
      failed: 1,
    });
  });

  test("skipped tests count as neither", () => {
    expect(countsIn(report(1, 0, [file("passed", "passed", "skipped")]))).toEqual({ passed: 1, failed: 0 });
  });

  test("a file that could not be loaded is a failed test, also beside files that passed", () => {
    expect(countsIn(report(1, 0, [file("passed", "passed"), file("failed")], false))).toEqual({
      passed: 1,
      failed: 1,
    });
  });

  test.each([
    ["no report", undefined],
    ["a torn one", '{"success":true,'],
    ["one of another shape", '{"success":true}'],
    ["one without tests", report(0, 0, [])],
    ["one that failed for a reason outside the tests", report(3, 0, [file("passed", "passed")], false)],
  ])("%s is never all passed", (_, text) => {
    expect(countsIn(text).failed).toBe(1);
  });
});
