import { UsageError } from "#core/errors";
import { type CheckedConfig, type RunnerName, resolveProfile, type SuiteConfig } from "../config/index.ts";
import type { GateRule } from "../gate/index.ts";
import type { Shard } from "./shard.ts";

/** How a suite shares the machine: together with others, alone because it measures, or alone because it copies the data. */
export type Phase = "together" | "measured" | "drill";

export interface PlannedSuite {
  name: string;
  runner: RunnerName;
  phase: Phase;
  minTests: number;
  retries: number;
  timeoutMs: number;
  /** Which shard runs it, from 1. */
  shard: number;
  config: SuiteConfig;
}

/** What a run will do. Holds no clock, host or path, so the same configuration and flags give the same bytes. */
export interface Plan {
  v: 1;
  project: string;
  profile: string;
  services: string;
  seed: number;
  budgetSeconds: number | null;
  shard: Shard;
  /** In order of execution. */
  suites: PlannedSuite[];
  rules: GateRule[];
}

export interface PlanOptions {
  profile: string;
  /** Only these suites; default all of the profile. */
  suites?: readonly string[];
  shard?: Shard;
  seed?: number;
  services?: string;
}

/** Pure: no side effects, printable. Throws UsageError on unknown names. */
export function planRun(config: CheckedConfig, options: PlanOptions): Plan {
  const profile = resolveProfile(config, options.profile);
  const services = options.services ?? profile.services;
  if (!config.environment.services[services]) {
    throw new UsageError(`unknown service set "${services}"`, {
      code: "UNKNOWN_SERVICES",
      hint: `sets: ${Object.keys(config.environment.services).join(", ")}`,
    });
  }
  const names = options.suites?.length ? [...new Set(options.suites)] : profile.suites;
  const shard = options.shard ?? { index: 1, count: 1 };
  const ordered = inOrder(names.map((name) => suiteNamed(config, name, profile.retries)));
  const isPlanned = new Set(names);
  return {
    v: 1,
    project: config.project,
    profile: profile.name,
    services,
    seed: options.seed ?? profile.seed,
    budgetSeconds: profile.budgetSeconds ?? null,
    shard,
    suites: ordered.map((suite, position) => ({ ...suite, shard: (position % shard.count) + 1 })),
    rules: config.gates.rules.filter((rule) => rule.suite === undefined || isPlanned.has(rule.suite)),
  };
}

function suiteNamed(config: CheckedConfig, name: string, retries: number): Omit<PlannedSuite, "shard"> {
  const suite = config.suites[name];
  if (!suite) {
    throw new UsageError(`unknown suite "${name}"`, {
      code: "UNKNOWN_SUITE",
      hint: `suites: ${Object.keys(config.suites).join(", ")}`,
    });
  }
  return {
    name,
    runner: suite.runner,
    phase: phaseOf(suite.runner),
    minTests: suite.minTests,
    retries,
    timeoutMs: suite.timeoutMs,
    config: suite,
  };
}

function phaseOf(runner: RunnerName): Phase {
  if (runner === "drill") return "drill";
  return runner === "k6" || runner === "chaos" ? "measured" : "together";
}

const phases: readonly Phase[] = ["together", "measured", "drill"];

/** By phase, then as configured, then so that each comes after those it names. */
function inOrder<Suite extends Omit<PlannedSuite, "shard">>(suites: readonly Suite[]): Suite[] {
  for (const suite of suites) {
    const later = suites.find(
      (other) =>
        suite.config.after.includes(other.name) && phases.indexOf(other.phase) > phases.indexOf(suite.phase),
    );
    if (later) {
      throw new UsageError(
        `suite ${suite.name} cannot come after ${later.name}, which runs alone at the end`,
        {
          code: "SUITE_ORDER",
          hint: "measured suites run after all others, drills last: look at `after`",
        },
      );
    }
  }
  const waiting = [...suites].sort((a, b) => phases.indexOf(a.phase) - phases.indexOf(b.phase));
  const ordered: Suite[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(
      (suite) => !waiting.some((other) => suite.config.after.includes(other.name)),
    );
    if (next === -1) {
      throw new UsageError(
        `suites wait for each other in a circle: ${waiting.map((suite) => suite.name).join(", ")}`,
        {
          code: "SUITE_CYCLE",
          hint: "look at their `after`",
        },
      );
    }
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}
