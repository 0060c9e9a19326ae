import { Command } from "commander";
import { answer } from "../answer.ts";
import { configOption, examples, jsonOption } from "./options.ts";

export function validateCommand(): Command {
  return new Command("validate")
    .description("check the configuration and every file it names; all problems at once")
    .addOption(configOption())
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet validate"))
    .action(async (flags: { config?: string; json?: boolean }) => {
      const { validateProject } = await import("#pipeline");
      const result = await validateProject(process.cwd(), flags.config);
      answer(
        flags.json ?? false,
        { valid: true, ...result },
        () =>
          `${result.file} is valid: ${result.suites.length} suites, ${result.profiles.length} profiles, ${result.services.length} services`,
      );
    });
}
