import { Command } from "commander";
import { interruptSignal } from "#core/cleanup";
import { answer } from "../answer.ts";
import { confirmOnTerminal, installQuestion } from "../confirm.ts";
import { terminalProgress } from "../progress.ts";
import { dryRunOption, examples, jsonOption } from "./options.ts";
import { type PlanFlags, planFrom, withPlanFlags } from "./plan.ts";

interface RunFlags extends PlanFlags {
  install?: boolean;
  keepOnFailure?: boolean;
  output?: string;
  dryRun?: boolean;
  strict?: boolean;
}

export function runCommand(): Command {
  return withPlanFlags(new Command("run"))
    .description("start the system, fill it, run the profile's suites, gate, report, tear down")
    .option("--install", "install what doctor finds missing, without asking")
    .option("--keep-on-failure", "leave the environment running for an hour when the run does not pass")
    .option("--output <dir>", "folder of the runs (default: .gauntlet/runs)")
    .addOption(dryRunOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("gauntlet run", "gauntlet run pr --suite api", "gauntlet run nightly --shard 1/3"),
    )
    .action(async (profile: string, flags: RunFlags) => {
      const { plan, loaded } = await planFrom(profile, flags);
      const pipeline = await import("#pipeline");
      if (flags.dryRun) return answer(flags.json ?? false, plan, () => pipeline.renderPlan(plan));
      using interruption = interruptSignal();
      using progress = terminalProgress();
      const outcome = await pipeline.runPlan(loaded, plan, {
        command: replayCommand(profile, flags, plan.seed),
        install: flags.install ?? false,
        confirm: (missing) => confirmOnTerminal(installQuestion(missing)),
        keepOnFailure: flags.keepOnFailure ?? false,
        variables: process.env,
        signal: interruption.signal,
        listeners: [progress.show],
        ...(flags.output === undefined ? {} : { runsFolder: flags.output }),
      });
      progress.clear();
      answer(flags.json ?? false, outcome.answer, () => outcome.summary);
      process.exitCode = outcome.exitCode;
    });
}

/** What a person types to see the same again. */
function replayCommand(profile: string, flags: RunFlags, seed: number): string {
  const suites = (flags.suite ?? []).map((suite) => ` --suite ${suite}`).join("");
  const shard = flags.shard === undefined ? "" : ` --shard ${flags.shard}`;
  return `gauntlet run ${profile}${suites}${shard} --seed ${seed}`;
}
