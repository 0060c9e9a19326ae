/** What every workflow and action of this repository must keep to, beyond what actionlint checks. */
export interface Workflow {
  permissions?: unknown;
  concurrency?: unknown;
  jobs?: Record<string, Job>;
  runs?: { steps?: Step[] };
}

interface Job {
  "timeout-minutes"?: number;
  permissions?: Record<string, string> | string;
  steps?: Step[];
}

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

/** Broken rules as sentences; empty when all are kept. */
export function violations(workflow: Workflow): string[] {
  const found: string[] = [];
  if (workflow.jobs) {
    if (JSON.stringify(workflow.permissions) !== "{}") found.push("top-level permissions must be {}");
    if (workflow.concurrency === undefined) found.push("concurrency must be set");
  }
  for (const [name, job] of Object.entries(workflow.jobs ?? {})) {
    if (typeof job["timeout-minutes"] !== "number") found.push(`${name}: timeout-minutes must be set`);
    if (typeof job.permissions !== "object") found.push(`${name}: permissions must be listed one by one`);
    found.push(
      ...(job.steps ?? []).flatMap((step) => stepViolations(step).map((text) => `${name}: ${text}`)),
    );
  }
  found.push(...(workflow.runs?.steps ?? []).flatMap(stepViolations));
  return found;
}

/** `run` lines call an npm script or the command line, nothing else: what they do is testable without GitHub. */
const callsOurs = /^(exec \$GAUNTLET |npm (ci|test|run )|npx --no-install gauntlet )[^\n;&|]*$/;

function stepViolations(step: Step): string[] {
  const found: string[] = [];
  if (step.uses && !step.uses.startsWith("./") && !/@[0-9a-f]{40}$/.test(step.uses)) {
    found.push(`${step.uses} must be pinned by commit`);
  }
  if (step.uses?.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false) {
    found.push("checkout must not persist credentials");
  }
  if (step.run?.includes("${{")) found.push("expressions must reach a script through env");
  if (step.run && !callsOurs.test(step.run.trim()))
    found.push(`"${step.run.trim()}" must call an npm script or gauntlet`);
  return found;
}
