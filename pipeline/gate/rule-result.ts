import type { Verdict } from "#core/verdict";
import type { RuleResult } from "#reports";

/** What a rule found, before its name, suite and whether it blocks are put to it. */
export type Finding = Pick<RuleResult, "verdict" | "sentence"> &
  Partial<Pick<RuleResult, "observed" | "limit" | "samples" | "method" | "baseline">>;

/** A rule that does not block warns at most, and says what it would have been. */
export function resultOf(
  head: { rule: string; suite: string | null; blocking: boolean },
  finding: Finding,
): RuleResult {
  const isSoftened = !head.blocking && blocks(finding.verdict);
  return {
    observed: null,
    limit: null,
    samples: 0,
    method: "",
    baseline: null,
    ...finding,
    ...head,
    verdict: isSoftened ? "WARN" : finding.verdict,
    sentence: isSoftened
      ? `${finding.sentence} (${finding.verdict}, but the rule does not block)`
      : finding.sentence,
  };
}

/** A number as people read it: six significant digits. */
export function numberText(value: number, unit = "1"): string {
  const digits = `${Number(value.toPrecision(6)) + 0}`;
  return unit === "1" || unit === "" || unit.startsWith("{")
    ? digits
    : unit === "%"
      ? `${digits}%`
      : `${digits} ${unit}`;
}

/** `1 test`, `2 tests`. */
export function countText(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function blocks(verdict: Verdict): boolean {
  return verdict !== "PASS" && verdict !== "WARN";
}
