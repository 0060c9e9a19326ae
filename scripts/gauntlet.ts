import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { Command, CommanderError } from "commander";
import { exitCodes } from "#core/verdict";
import { fail } from "./answer.ts";
import { commands } from "./commands/index.ts";

enableCompileCache();

export const exitCodeHelp = `
Exit codes:
  0 passed, maybe with warnings   1 failed   2 usage or configuration   3 inconclusive or checker error
  4 environment could not be provided   5 internal error   6 reporting failed   130, 143 interrupted`;

/** Runs one command and sets the exit code; never throws. */
export async function main(args: readonly string[]): Promise<void> {
  process.on("uncaughtException", (error) => {
    // The state is unknown, so nothing is undone here: the watcher of each environment sees us go and does it.
    fail(error, args.includes("--json"));
    process.exit(exitCodes.internal);
  });
  const program = new Command("gauntlet")
    .description(
      "Starts your Compose system fresh, fills it, runs every kind of test, and merges only on evidence.",
    )
    .version(version(), "--version")
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .addHelpText("after", exitCodeHelp);
  for (const command of commands()) program.addCommand(inherit(command));
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    else fail(error, args.includes("--json"));
  }
}

/** Every command, however deep, throws instead of exiting, and lists the exit codes. */
function inherit(command: Command): Command {
  command.exitOverride().showSuggestionAfterError().addHelpText("after", exitCodeHelp);
  for (const sub of command.commands) inherit(sub);
  return command;
}

function version(): string {
  for (const depth of ["..", "../.."]) {
    try {
      const found = JSON.parse(readFileSync(new URL(`${depth}/package.json`, import.meta.url), "utf8"));
      if (found.name === "gauntlet" && found.version) return found.version;
    } catch {
      // Compiled, the package file is one folder further up.
    }
  }
  return "unknown";
}
