import { Command } from "commander";
import { answer } from "../answer.ts";
import { configOption, examples, jsonOption, wholeNumber } from "./options.ts";

export interface PlanFlags {
  config?: string;
  suite?: string[];
  shard?: string;
  services?: string;
  seed?: number;
  json?: boolean;
}

export function planCommand(): Command {
  return withPlanFlags(new Command("plan"))
    .description("print what a run would do; no side effects")
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet plan pr", "gauntlet plan pr --suite api --suite load --json"))
    .action(async (profile: string, flags: PlanFlags) => {
      const { renderPlan } = await import("#pipeline");
      const { plan } = await planFrom(profile, flags);
      answer(flags.json ?? false, plan, () => renderPlan(plan));
    });
}

export function withPlanFlags(command: Command): Command {
  return command
    .argument("[profile]", "run profile of the configuration", "pr")
    .option("--suite <name...>", "only these suites")
    .option("--shard <i/n>", "the i-th of n parts")
    .option("--services <set>", "service set of the configuration")
    .option("--seed <number>", "seed of everything generated", wholeNumber)
    .addOption(configOption());
}

export async function planFrom(profile: string, flags: PlanFlags) {
  const { loadConfig, parseShard, planRun } = await import("#pipeline");
  const loaded = await loadConfig(process.cwd(), flags.config);
  const plan = planRun(loaded.config, {
    profile,
    ...(flags.suite ? { suites: flags.suite } : {}),
    ...(flags.shard ? { shard: parseShard(flags.shard) } : {}),
    ...(flags.services ? { services: flags.services } : {}),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  });
  return { loaded, plan };
}
