import type { Verdict } from "#core/verdict";
import { outcomesOf, type SuiteEvidence } from "#reports";
import { sampleCount, selectMetric } from "./measure.ts";
import { countText, type Finding } from "./rule-result.ts";
import { labelText, type PresenceRule } from "./rules.ts";
import { withoutPlaces } from "./without-places.ts";

/** The suite's bundle exists and is whole, with at least `minTests` executed tests, and where asked samples of a metric. */
export function checkPresence(
  demand: Pick<PresenceRule, "metric" | "labels" | "minSamples"> & { minTests: number },
  evidence: SuiteEvidence | undefined,
): Finding {
  if (evidence === undefined)
    return { verdict: "INCONCLUSIVE", sentence: "no bundle of this suite was given" };
  if (evidence.status !== "complete") {
    const reasons = evidence.reasons.map(withoutPlaces).join("; ");
    return {
      verdict: verdictOfStatus[evidence.status],
      sentence: `${wordsOfStatus[evidence.status]}${reasons === "" ? "" : `: ${reasons}`}`,
    };
  }
  if (evidence.missingShards.length > 0) {
    return {
      verdict: "INCONCLUSIVE",
      sentence: `not every shard is here, missing ${evidence.missingShards.join(", ")}`,
    };
  }
  return demand.metric === undefined
    ? checkTestCount(demand.minTests, evidence)
    : checkSamples(demand, demand.metric, evidence);
}

function checkTestCount(minTests: number, evidence: SuiteEvidence): Finding {
  const outcomes = outcomesOf(evidence.tests);
  const executed = outcomes.filter(({ status }) => status !== "skipped").length;
  const basis = { observed: executed, limit: `>=${minTests}`, samples: executed, method: "tests executed" };
  if (executed >= minTests)
    return { ...basis, verdict: "PASS", sentence: `${countText(executed, "test")} executed` };
  const skipped = outcomes.length - executed;
  const why =
    skipped > 0 ? (executed === 0 ? `, all ${skipped} were skipped` : `, ${skipped} were skipped`) : "";
  return {
    ...basis,
    verdict: "INCONCLUSIVE",
    sentence: `${countText(executed, "test")} executed, at least ${minTests} needed${why}`,
  };
}

function checkSamples(
  { labels, minSamples = 1 }: Pick<PresenceRule, "labels" | "minSamples">,
  metric: string,
  evidence: SuiteEvidence,
): Finding {
  const samples = sampleCount(selectMetric(evidence.metrics, metric, labels));
  const subject = `${countText(samples, "sample")} of ${metric}${labelText(labels)}`;
  const basis = { observed: samples, limit: `>=${minSamples}`, samples, method: "samples taken" };
  return samples >= minSamples
    ? { ...basis, verdict: "PASS", sentence: subject }
    : { ...basis, verdict: "INCONCLUSIVE", sentence: `${subject}, at least ${minSamples} needed` };
}

type Unfinished = Exclude<SuiteEvidence["status"], "complete">;

const verdictOfStatus: Readonly<Record<Unfinished, Verdict>> = {
  crashed: "ERROR",
  "timed-out": "ERROR",
  unreadable: "ERROR",
  cancelled: "INCONCLUSIVE",
};

const wordsOfStatus: Readonly<Record<Unfinished, string>> = {
  crashed: "the runner crashed",
  "timed-out": "the suite ran out of time",
  unreadable: "the bundle cannot be trusted",
  cancelled: "the suite was called off",
};
