import type { Verdict } from "#core/verdict";
import type { TestStatus } from "../bundle/records.ts";

/** How a finding that has a verdict reads as a test: what could not be told is `broken`, never `passed`. */
export const statusOfVerdict = {
  PASS: "passed",
  WARN: "passed",
  FAIL: "failed",
  ERROR: "broken",
  INCONCLUSIVE: "broken",
} as const satisfies Record<Verdict, TestStatus>;
