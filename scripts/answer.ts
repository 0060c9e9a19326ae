import { styleText } from "node:util";
import { describeError, exitCodeForError, GauntletError } from "#core/errors";

/** The answer of a command: JSON for scripts, text for people; standard output carries nothing else. */
export function answer(isJson: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${isJson ? JSON.stringify(value, null, 2) : text()}\n`);
}

/** Says what went wrong and what to do next, and sets the exit code. */
export function fail(error: unknown, isJson: boolean): void {
  process.exitCode = exitCodeForError(error);
  const described = describeError(error);
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ error: described }, null, 2)}\n`);
    return;
  }
  const lines = [`${styleText("red", "error", { stream: process.stderr })} ${described.message}`];
  for (const cause of described.causes ?? [])
    if (!described.message.includes(cause)) lines.push(`  because: ${cause}`);
  if (described.hint !== undefined) lines.push(`  next: ${described.hint}`);
  if (!(error instanceof GauntletError) && error instanceof Error && error.stack) lines.push(error.stack);
  process.stderr.write(`${lines.join("\n")}\n`);
}
