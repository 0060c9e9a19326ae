import type { SuiteEvidence } from "#reports";
import type { Baseline } from "./gate-plan.ts";
import { holds, type Limit, parseLimit } from "./limit.ts";
import { type Measurement, measure, selectMetric } from "./measure.ts";
import { countText, type Finding, numberText } from "./rule-result.ts";
import { labelText, type ThresholdRule } from "./rules.ts";

/** Too few samples, none, or no baseline to compare with are INCONCLUSIVE; a statistic that makes no sense is ERROR. */
export function checkThreshold(
  rule: ThresholdRule,
  evidence: SuiteEvidence | undefined,
  baselines: readonly Baseline[],
): Finding {
  const limit = parseLimit(rule.limit) as Limit;
  const subject = `${rule.stat} of ${rule.metric}${labelText(rule.labels)}`;
  const limitText = rule.limit.trim();
  const found = measure(selectMetric(evidence?.metrics ?? [], rule.metric, rule.labels), rule.stat);
  if ("reason" in found) {
    return {
      verdict: found.reason === "senseless" ? "ERROR" : "INCONCLUSIVE",
      limit: limitText,
      sentence: `${subject} is unknown: ${found.detail}`,
    };
  }
  const basis = { observed: found.value, limit: limitText, samples: found.samples, method: found.method };
  const seen = `${subject} is ${numberText(found.value, found.unit)}`;
  if (found.samples < rule.minSamples) {
    const few = `${countText(found.samples, "sample")} of the ${rule.minSamples} needed`;
    return { ...basis, verdict: "INCONCLUSIVE", sentence: `${seen}, but that rests on ${few}` };
  }
  if (limit.relativeTo === "nothing") {
    return { ...basis, ...judge(found, limit.op, limit.value, seen, numberText(limit.value, found.unit)) };
  }
  return { ...basis, ...againstBaseline(rule, limit, found, seen, baselines) };
}

function againstBaseline(
  rule: ThresholdRule,
  limit: Limit,
  found: Measurement,
  seen: string,
  baselines: readonly Baseline[],
): Pick<Finding, "verdict" | "sentence" | "baseline"> {
  const baseline = baselines.find((candidate) => isBaselineOf(candidate, rule));
  if (baseline === undefined) {
    return { verdict: "INCONCLUSIVE", sentence: `${seen}, but there is no baseline to compare it with` };
  }
  const value = baseline.value + (Math.abs(baseline.value) * limit.value) / 100;
  const text = `${numberText(value, found.unit)} (baseline ${numberText(baseline.value, found.unit)} ${limit.value < 0 ? "" : "+"}${limit.value}%)`;
  return { ...judge(found, limit.op, value, seen, text), baseline: baseline.value };
}

function judge(
  found: Measurement,
  op: Limit["op"],
  value: number,
  seen: string,
  text: string,
): Pick<Finding, "verdict" | "sentence"> {
  const isWithin = holds(found.value, op, value);
  const samples = countText(found.samples, "sample");
  return {
    verdict: isWithin ? "PASS" : "FAIL",
    sentence: `${seen}, ${isWithin ? "as required" : "required is"} ${op} ${text}; ${samples}`,
  };
}

function isBaselineOf(candidate: Baseline, rule: ThresholdRule): boolean {
  return (
    candidate.suite === rule.suite &&
    candidate.metric === rule.metric &&
    candidate.stat === rule.stat &&
    labelText(candidate.labels) === labelText(rule.labels)
  );
}
