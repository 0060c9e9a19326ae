import { InvalidArgumentError, Option } from "commander";

export const configOption = () =>
  new Option("--config <file>", "the configuration file (default: gauntlet.config.ts here or above)");
export const jsonOption = () => new Option("--json", "answer in JSON on standard output");
export const dryRunOption = () => new Option("--dry-run", "say what would be done, change nothing");

/** A whole number from zero. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("expected a whole number");
  return Number(text);
}

/** Examples under a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}`;
}
