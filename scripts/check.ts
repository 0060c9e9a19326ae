import { interruptSignal } from "#core/cleanup";
import { exitCodeForError } from "#core/errors";
import { exitCodes } from "#core/verdict";
import { checks } from "./check/checks.ts";
import { runChecks } from "./check/run-checks.ts";

/** `npm run check`: every static check, one line each, the output of those that fail. Exits 1 when any does. */
using interruption = interruptSignal();
try {
  const results = await runChecks(checks, {
    root: process.cwd(),
    signal: interruption.signal,
    atOnce: 2,
    write: (text) => process.stdout.write(text),
  });
  process.exitCode = results.every((result) => result.isPassed) ? exitCodes.ok : exitCodes.failed;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodeForError(error);
}
