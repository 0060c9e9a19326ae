import { Command } from "commander";
import { table } from "#core/table";
import { exitCodeOf, exitCodes } from "#core/verdict";
import { answer } from "../answer.ts";
import { examples, jsonOption } from "./options.ts";

export function gateCommand(): Command {
  return new Command("gate")
    .description("judge bundles again, anywhere: same input, same verdict, byte for byte")
    .option("--run <dir...>", "run folders; those of several shards are merged")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("gauntlet gate --run .gauntlet/runs/20260105-130000-ab12", "gauntlet gate selftest"),
    )
    .action(async (flags: { run?: string[]; json?: boolean }) => {
      const { judgeRuns } = await import("#pipeline");
      const judged = await judgeRuns(flags.run ?? []);
      process.stdout.write(flags.json ? judged.bytes : `${judged.text}\n`);
      process.exitCode = exitCodeOf(judged.document.verdict);
    })
    .addCommand(
      new Command("selftest")
        .description(
          "prove on planted evidence that every kind of rule can block, and that clean evidence passes",
        )
        .addOption(jsonOption())
        .addHelpText("after", examples("gauntlet gate selftest"))
        .action(async (_: unknown, command: Command) => {
          // `gate` has the flag too, and takes it wherever it stands.
          const flags = command.optsWithGlobals<{ json?: boolean }>();
          const { selftestGate } = await import("#pipeline");
          const report = await selftestGate();
          answer(flags.json ?? false, report, () =>
            table(
              ["case", "expected", "got", ""],
              report.cases.map((one) => [one.name, one.expected, one.got, one.isRight ? "ok" : "WRONG"]),
            ),
          );
          if (!report.isSound) process.exitCode = exitCodes.failed;
        }),
    );
}
