import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { UsageError } from "#core/errors";
import { exitCodes } from "#core/verdict";
import { fail } from "./answer.ts";
import { commands } from "./commands/index.ts";

export const exitCodeHelp = `
Exit codes:
  0 passed, maybe with warnings   1 failed   2 usage or configuration   3 inconclusive or checker error
  4 environment could not be provided   5 internal error   6 reporting failed   130, 143 interrupted`;

/** Runs one command and sets the exit code; never throws. */
export async function main(args: readonly string[]): Promise<void> {
  const isJson = args.includes("--json");
  process.on("uncaughtException", (error) => {
    // The state is unknown, so nothing is undone here: the watcher of each environment sees us go and does it.
    fail(error, isJson);
    process.exit(exitCodes.internal);
  });
  const program = new Command("gauntlet")
    .configureOutput({ outputError: () => {}, ...(isJson ? { writeErr: () => {} } : {}) })
    .description(
      "Starts your Compose system fresh, fills it, runs every kind of test, and merges only on evidence.",
    )
    .version(version(), "--version")
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .addHelpText("after", exitCodeHelp);
  for (const command of commands()) program.addCommand(inherit(command, program));
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error, isJson);
    else if (error.exitCode === 0) process.exitCode = exitCodes.ok;
    else if (error.code === "commander.help" && !isJson) process.exitCode = exitCodes.usage;
    else fail(usageError(error, program, args[0]), isJson);
  }
}

/** commander's words, with the next step in its place. */
function usageError(error: CommanderError, program: Command, first: string | undefined): UsageError {
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const known = program.commands.some((command) => command.name() === first) ? ` ${first}` : "";
  return new UsageError(error.code === "commander.help" ? "a command is missing" : message, {
    hint: suggestion?.replaceAll(/[()]/g, "") || `\`gauntlet${known} --help\` lists what there is`,
  });
}

/** Every command, however deep, throws instead of exiting, and lists the exit codes. */
function inherit(command: Command, from: Command): Command {
  command.copyInheritedSettings(from).addHelpText("after", exitCodeHelp);
  for (const sub of command.commands) inherit(sub, from);
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
