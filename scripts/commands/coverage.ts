import { Command } from "commander";
import { table } from "#core/table";
import { answer } from "../answer.ts";
import { examples, jsonOption } from "./options.ts";

export function coverageCommand(): Command {
  return new Command("coverage")
    .description("requirements and the passing tests behind each")
    .option("--requirements <file>", "the list of requirements", "docs/requirements.yaml")
    .option(
      "--results <path...>",
      "run folders or Vitest JSON reports (default: the newest run and unit tests)",
    )
    .addOption(jsonOption())
    .addHelpText("after", examples("gauntlet coverage", "gauntlet coverage --json"))
    .action(async (flags: { requirements: string; results?: string[]; json?: boolean }) => {
      const { coverRequirements } = await import("#pipeline");
      const rows = await coverRequirements(process.cwd(), flags.requirements, flags.results);
      const covered = rows.filter((row) => row.tests.length > 0).length;
      answer(flags.json ?? false, { covered, total: rows.length, rows }, () =>
        [
          table(
            ["id", "system", "passing tests"],
            rows.map((row) => [
              row.id,
              row.system,
              row.tests.length === 0 ? "none" : String(row.tests.length),
            ]),
          ),
          `${covered} of ${rows.length} requirements have a passing test`,
        ].join("\n"),
      );
    });
}
