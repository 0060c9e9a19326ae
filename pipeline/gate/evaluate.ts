import { mergeVerdicts, type Verdict } from "#core/verdict";
import {
  type Bundle,
  countsOf,
  mergeBundles,
  type RuleResult,
  type SuiteEvidence,
  type SuiteResult,
  type VerdictDocument,
} from "#reports";
import type { Baseline, GateCondition, GatePlan } from "./gate-plan.ts";
import { checkPresence } from "./presence.ts";
import { type Finding, resultOf } from "./rule-result.ts";
import { type GateRule, ruleName } from "./rules.ts";
import { checkTests } from "./tests.ts";
import { checkThreshold } from "./threshold.ts";
import { withoutPlaces } from "./without-places.ts";

export interface GateInput {
  plan: GatePlan;
  /** Of all suites and shards, in any order. */
  bundles: readonly Bundle[];
  /** For limits such as `<=+10%`. */
  baselines?: readonly Baseline[];
  conditions?: readonly GateCondition[];
}

/**
 * Decides. Pure: what comes out depends on the input's content only, not on clock, machine, place or order of the bundles.
 * Besides the plan's rules every suite has two of its own: `presence`, which cannot be turned off, and `tests`, which
 * a written `tests` rule replaces.
 */
export function evaluate({ plan, bundles, baselines = [], conditions = [] }: GateInput): VerdictDocument {
  const evidence = new Map(mergeBundles(bundles).map((suite) => [suite.suite, suite]));
  const planned = plan.suites.map(({ name }) => name);
  const names = [...new Set([...planned, ...[...evidence.keys()].sort()])];
  const rules = uniqueNames([
    ...conditions.map(checkCondition),
    ...names.flatMap((name) => ownRules(name, plan, evidence.get(name))),
    ...plan.rules.flatMap((rule) => writtenRule(rule, names, evidence, baselines)),
  ]);
  return {
    version: 1,
    kind: "Verdict",
    verdict: mergeVerdicts(rules.map(({ verdict }) => verdict)),
    suites: names.map((name) => suiteResult(name, plan, evidence.get(name), rules)),
    rules,
  };
}

function ownRules(name: string, plan: GatePlan, evidence: SuiteEvidence | undefined): RuleResult[] {
  const planned = plan.suites.find((suite) => suite.name === name);
  const presence = checkPresence({ minTests: planned?.minTests ?? 1, labels: {} }, evidence);
  const isReplaced = plan.rules.some((rule) => rule.kind === "tests" && (rule.suite ?? name) === name);
  return [
    resultOf(
      { rule: "presence", suite: name, blocking: true },
      planned === undefined && presence.verdict === "PASS" ? unplanned(presence) : presence,
    ),
    ...(isReplaced ? [] : [resultOf({ rule: "tests", suite: name, blocking: true }, checkTests(evidence))]),
  ];
}

function unplanned(presence: Finding): Finding {
  return {
    ...presence,
    verdict: "WARN",
    sentence: `${presence.sentence}, but the plan does not name this suite`,
  };
}

function writtenRule(
  rule: GateRule,
  names: readonly string[],
  evidence: ReadonlyMap<string, SuiteEvidence>,
  baselines: readonly Baseline[],
): RuleResult[] {
  const head = { rule: ruleName(rule), blocking: rule.blocking };
  switch (rule.kind) {
    case "threshold":
      return [
        resultOf({ ...head, suite: rule.suite }, checkThreshold(rule, evidence.get(rule.suite), baselines)),
      ];
    case "presence":
      return [
        resultOf(
          { ...head, suite: rule.suite },
          checkPresence({ ...rule, minTests: rule.minTests ?? 1 }, evidence.get(rule.suite)),
        ),
      ];
    case "tests":
      return (rule.suite === undefined ? names : [rule.suite]).map((suite) =>
        resultOf({ ...head, suite }, checkTests(evidence.get(suite))),
      );
  }
}

const verdictOfCondition: Readonly<Record<GateCondition["kind"], Verdict>> = {
  "stage-failed": "ERROR",
  "cleanup-failed": "INCONCLUSIVE",
  drift: "INCONCLUSIVE",
  interrupted: "INCONCLUSIVE",
};

function checkCondition({ kind, sentence }: GateCondition): RuleResult {
  return resultOf(
    { rule: kind, suite: null, blocking: true },
    {
      verdict: verdictOfCondition[kind],
      method: "fact of the run",
      samples: 1,
      sentence: withoutPlaces(sentence),
    },
  );
}

function suiteResult(
  name: string,
  plan: GatePlan,
  evidence: SuiteEvidence | undefined,
  rules: readonly RuleResult[],
): SuiteResult {
  const planned = plan.suites.find((suite) => suite.name === name);
  const { attempts: _attempts, metrics: _metrics, ...counts } = countsOf(evidence?.tests ?? [], []);
  return {
    suite: name,
    verdict: mergeVerdicts(rules.filter((rule) => rule.suite === name).map(({ verdict }) => verdict)),
    status: evidence?.status ?? "missing",
    runner: evidence?.runners.join(", ") ?? planned?.runner ?? "unknown",
    isPlanned: planned !== undefined,
    counts,
  };
}

/** Two rules of one name and suite get numbers, so that each row can be named. */
function uniqueNames(rules: readonly RuleResult[]): RuleResult[] {
  const seen = new Map<string, number>();
  return rules.map((rule) => {
    const key = JSON.stringify([rule.suite, rule.rule]);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? rule : { ...rule, rule: `${rule.rule} (${count})` };
  });
}
