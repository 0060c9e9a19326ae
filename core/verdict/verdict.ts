/**
 * What a rule, a suite or a run came to. INCONCLUSIVE (not enough evidence) and ERROR (the checker itself
 * broke) are unknowns: like FAIL they block promotion.
 */
export type Verdict = "PASS" | "WARN" | "INCONCLUSIVE" | "ERROR" | "FAIL";

/** From mildest to gravest; merging takes the gravest. */
export const verdicts: readonly Verdict[] = ["PASS", "WARN", "INCONCLUSIVE", "ERROR", "FAIL"];

/** The gravest of `parts`. Nothing to merge is no evidence, hence INCONCLUSIVE. */
export function mergeVerdicts(parts: readonly Verdict[]): Verdict {
  if (parts.length === 0) return "INCONCLUSIVE";
  return parts.reduce((worst, part) => (verdicts.indexOf(part) > verdicts.indexOf(worst) ? part : worst));
}
