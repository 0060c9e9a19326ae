import { outcomesOf, type SuiteEvidence, type TestOutcome, titleText } from "#reports";
import { countText, type Finding } from "./rule-result.ts";

/** FAIL when a test's last attempt failed or broke, WARN when one passed only on retry, INCONCLUSIVE when none was executed. */
export function checkTests(evidence: SuiteEvidence | undefined): Finding {
  const executed = outcomesOf(evidence?.tests ?? []).filter(({ status }) => status !== "skipped");
  const bad = executed.filter(({ status }) => status !== "passed");
  const flaky = executed.filter(({ isFlaky }) => isFlaky);
  const basis = {
    observed: bad.length,
    limit: "=0",
    samples: executed.length,
    method: "last attempt of each test",
  };
  if (executed.length === 0) {
    return { ...basis, observed: null, verdict: "INCONCLUSIVE", sentence: "no test was executed" };
  }
  if (bad.length > 0) {
    const verb = bad.every(({ status }) => status === "broken") ? "broke" : "failed";
    return {
      ...basis,
      verdict: "FAIL",
      sentence: `${bad.length} of ${countText(executed.length, "test")} ${verb}: ${titles(bad)}`,
    };
  }
  if (flaky.length > 0) {
    return {
      ...basis,
      verdict: "WARN",
      sentence: `${flaky.length} of ${countText(executed.length, "test")} passed only on retry (flaky): ${titles(flaky)}`,
    };
  }
  return { ...basis, verdict: "PASS", sentence: `${countText(executed.length, "test")} passed` };
}

const shownTitles = 3;

function titles(outcomes: readonly TestOutcome[]): string {
  const texts = outcomes.map(({ record }) => titleText(record.title)).sort();
  const rest = texts.length - shownTitles;
  return `${texts.slice(0, shownTitles).join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}
