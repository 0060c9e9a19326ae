import { Command, Option } from "commander";
import { exitCodes } from "#core/verdict";
import { answer } from "../answer.ts";
import { confirmOnTerminal, installQuestion } from "../confirm.ts";
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
      const { createLog } = await import("#core/log");
      const log = createLog();
      if (flags.undo) {
        const undone = await doctor.undo({ log });
        return answer(flags.json ?? false, undone, () => doctor.renderUndoReport(undone));
      }
      const report = await doctor.provide(
        doctor.needsFor(flags.for),
        {
          install: flags.install ?? false,
          confirm: (missing) => confirmOnTerminal(installQuestion(missing)),
        },
        { log },
      );
      answer(flags.json ?? false, report, () => doctor.renderDoctorReport(report));
      if (!report.isReady) process.exitCode = exitCodes.environment;
    });
}
