import type { Plan } from "./plan-run.ts";

const phaseText = {
  together: "beside others",
  measured: "alone, measured",
  drill: "alone, in an environment of its own",
} as const;

/** The plan for people. */
export function renderPlan(plan: Plan): string {
  const width = Math.max(5, ...plan.suites.map((suite) => suite.name.length));
  const rows = plan.suites.map((suite, index) => {
    const where =
      plan.shard.count > 1
        ? `, shard ${suite.shard}${suite.shard === plan.shard.index ? " (this)" : ""}`
        : "";
    const limit = `<= ${Math.round(suite.timeoutMs / 1000)} s`;
    return `  ${String(index + 1).padStart(2)}  ${suite.name.padEnd(width)}  ${suite.runner.padEnd(10)}  ${limit.padEnd(8)}  ${phaseText[suite.phase]}${where}`;
  });
  const budget = plan.budgetSeconds === null ? "" : `, budget ${plan.budgetSeconds} s`;
  return [
    `${plan.project}: profile ${plan.profile}, services ${plan.services}, seed ${plan.seed}${budget}`,
    ...rows,
    `  gate: tests and presence of each suite${ownRules(plan.rules.length)}`,
  ].join("\n");
}

function ownRules(count: number): string {
  return count === 0 ? "" : `, and ${count} ${count === 1 ? "rule" : "rules"} of its own`;
}
