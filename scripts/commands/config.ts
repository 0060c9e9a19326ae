import { Command } from "commander";
import { table } from "#core/table";
import { answer } from "../answer.ts";
import { configOption, examples, jsonOption } from "./options.ts";

export function configCommand(): Command {
  return new Command("config").description("look at the configuration").addCommand(
    new Command("print")
      .description("each value and where it came from")
      .addOption(configOption())
      .addOption(jsonOption())
      .addHelpText("after", examples("gauntlet config print", "gauntlet config print --json"))
      .action(async (flags: { config?: string; json?: boolean }) => {
        const { describeConfig, loadConfig } = await import("#pipeline");
        const loaded = await loadConfig(process.cwd(), flags.config);
        const values = describeConfig(loaded.config, loaded.written);
        answer(flags.json ?? false, { file: loaded.file, values }, () =>
          table(
            ["setting", "value", "from"],
            values.map(({ path, value, origin }) => [path, JSON.stringify(value) ?? "", origin]),
          ),
        );
      }),
  );
}
