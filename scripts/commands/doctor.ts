import { Command, Option } from "commander";
import { exitCodes } from "#core/verdict";
import { answer } from "../answer.ts";
import { confirmOnTerminal } from "../confirm.ts";
import { examples, jsonOption } from "./options.ts";

interface DoctorFlags {
  for: "run" | "test";
  install?: boolean;
  undo?: boolean;
  json?: boolean;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("find what a run needs: engine, Compose, base image, k6, browser; install it with --install")
    .addOption(new Option("--for <what>", "what will be done").choices(["run", "test"]).default("run"))
    .option("--install", "install what is missing without asking (root on Debian or Ubuntu)")
    .option("--undo", "remove what doctor installed")
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet doctor", "gauntlet doctor --install", "gauntlet doctor --undo"))
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import("#pipeline");
      const report = flags.undo
        ? await doctor.undo({ log: await stderrLog() })
        : await doctor.provide(doctor.needsFor(flags.for), {
            install: flags.install ?? false,
            confirm: confirmOnTerminal,
            log: await stderrLog(),
          });
      answer(flags.json ?? false, report, () => doctor.renderReport(report));
      if (!report.isComplete) process.exitCode = exitCodes.environment;
    });
}

async function stderrLog() {
  return (await import("#core/log")).createLog();
}
