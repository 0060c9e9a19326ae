import { z } from "zod";

export interface Counts {
  passed: number;
  failed: number;
}

const reportSchema = z.object({
  success: z.boolean(),
  numPassedTests: z.number().int().nonnegative(),
  numFailedTests: z.number().int().nonnegative(),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

/**
 * Passed and failed tests in vitest's JSON report. A file that could not even be loaded counts as one failed test, and
 * so does a report that is missing, unreadable or empty, or that says failure while naming none: nothing is passed
 * over in silence.
 */
export function countsIn(report: string | undefined): Counts {
  const parsed = reportSchema.safeParse(parseJson(report));
  if (!parsed.success) return { passed: 0, failed: 1 };
  const { success, numPassedTests: passed, numFailedTests, testResults } = parsed.data;
  const unloaded = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
  ).length;
  const failed = numFailedTests + unloaded;
  const isSilentFailure = failed === 0 && (!success || passed === 0);
  return { passed, failed: isSilentFailure ? 1 : failed };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
