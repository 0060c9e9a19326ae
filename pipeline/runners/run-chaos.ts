import { resolve } from "node:path";
import {
  type ChaosScenario,
  type ExperimentResult,
  httpProbe,
  loadScenario,
  parseScenario,
  runScenario,
} from "#chaos";
import { systemClock } from "#core/clock";
import { connectionOf } from "#core/environment";
import { type NewTest, statusOfVerdict, testErrorOf } from "#reports";
import type { SuiteOf } from "../config/index.ts";
import { recordTests } from "./record-tests.ts";
import type { SuiteContext } from "./runner.ts";

/** Runs a scenario file, or the built-in crash of each named service; one test per claim of an experiment. */
export async function runChaos(context: SuiteContext<SuiteOf<"chaos">>): Promise<void> {
  for (const scenario of await scenariosOf(context)) {
    const { probe } = scenario.steadyState;
    const { host, port } = connectionOf(context.environment.descriptor, probe.service, probe.port);
    const result = await runScenario(scenario, {
      targets: context.environment,
      workload: httpProbe({ ...probe, url: `http://${host}:${port}${probe.path}` }),
      ledgerFile: context.ledgerFile,
      clock: systemClock,
      seed: context.seed,
      signal: context.signal,
      events: context.events,
    });
    await recordExperiment(context, result);
  }
}

async function scenariosOf({
  suite,
  projectFolder,
}: SuiteContext<SuiteOf<"chaos">>): Promise<ChaosScenario[]> {
  const { scenario, crash, probe } = suite.config;
  if (scenario !== undefined) return [await loadScenario(resolve(projectFolder, scenario))];
  return (crash ?? []).map((service) => crashOf(service, probe));
}

/** The built-in scenario: the process dies, the system must bring it back by itself within a minute. */
function crashOf(service: string, probe: SuiteOf<"chaos">["probe"]): ChaosScenario {
  const { service: probed, target, path } = probe ?? { service, target: undefined, path: "/" };
  return parseScenario({
    file: `gauntlet/crash-${service}`,
    text: JSON.stringify({
      version: 1,
      kind: "ChaosScenario",
      name: `crash-${service}`,
      targets: { services: [service] },
      steadyState: { probe: { service: probed, path, ...(target === undefined ? {} : { port: target }) } },
      method: [{ phase: "crash", fault: { kind: "container.crash" } }],
      expect: { recoversWithinMs: 60_000 },
    }),
  });
}

async function recordExperiment(
  context: SuiteContext<SuiteOf<"chaos">>,
  result: ExperimentResult,
): Promise<void> {
  const journal = await context.bundle.attach(`${result.scenario}.json`, JSON.stringify(result, null, 2));
  const tests = result.parts.map((part): NewTest => {
    const status = statusOfVerdict[part.verdict];
    return {
      file: context.suite.config.scenario ?? "gauntlet/crash",
      title: [result.scenario, `${part.rule} ${requirementOf[part.rule]}`],
      attempt: 1,
      status,
      startedAt: result.startedAt,
      durationMs: part.rule === "recovery" ? (result.recoveryMs ?? result.durationMs) : 0,
      attachments: [journal],
      ...(status === "passed" ? {} : { error: testErrorOf(part.message) }),
    };
  });
  const labels = { scenario: result.scenario, fault: result.fault };
  const metric = (name: string, value: number | undefined) =>
    value === undefined ? [] : [{ name, unit: "ms", labels, kind: "gauge" as const, samples: [value] }];
  await recordTests(context, {
    tests,
    metrics: [...metric("chaos_recovery", result.recoveryMs), ...metric("chaos_detection", result.detectMs)],
  });
}

const requirementOf: Record<ExperimentResult["parts"][number]["rule"], string> = {
  "steady-before": "@req:D1",
  fault: "@req:D2",
  presence: "@req:D2",
  recovery: "@req:D6",
  "steady-after": "@req:D6",
  cleanup: "@req:D5",
};
