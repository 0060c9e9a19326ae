import { Command } from "commander";
import { answer } from "../answer.ts";
import { dryRunOption, examples, jsonOption } from "./options.ts";

export function initCommand(): Command {
  return new Command("init")
    .description("read your Compose file and write a first gauntlet.config.ts")
    .option("--file <compose>", "the Compose file (default: the one Compose itself would take)")
    .option("--force", "overwrite an existing configuration")
    .addOption(dryRunOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet init", "gauntlet init --file deploy/compose.yaml --dry-run"))
    .action(async (flags: { file?: string; force?: boolean; dryRun?: boolean; json?: boolean }) => {
      const { initProject } = await import("#pipeline");
      const written = await initProject(process.cwd(), {
        ...(flags.file === undefined ? {} : { composeFile: flags.file }),
        overwrite: flags.force ?? false,
        dryRun: flags.dryRun ?? false,
      });
      answer(flags.json ?? false, written, () =>
        flags.dryRun
          ? written.content
          : [`wrote ${written.file}`, ...written.found.map((one) => `  ${one}`), "next: gauntlet run"].join(
              "\n",
            ),
      );
    });
}
