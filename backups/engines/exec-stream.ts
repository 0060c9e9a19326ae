import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import type { ExecOptions, ExecResult, Target } from "#core/ports";
import { BackupError } from "../errors.ts";

type Options = Pick<ExecOptions, "env" | "user" | "signal">;

/** Runs a command to its end. Throws BackupError with its last words when it exits with another code than 0. */
export async function execute(
  target: Target,
  argv: readonly string[],
  options: Pick<ExecOptions, "env" | "user" | "signal" | "input" | "onStdout"> = {},
): Promise<ExecResult> {
  const result = await target.exec(argv, options);
  if (result.exitCode !== 0) throw commandFailed(target, argv, result);
  return result;
}

/**
 * A command's standard output as a stream, read no faster than it is consumed. The stream errors with BackupError when
 * the command exits with another code than 0; destroying it stops the command.
 */
export function executeToStream(
  target: Target,
  argv: readonly string[],
  options: Options = {},
): { stream: Readable; finished: Promise<ExecResult> } {
  const abort = new AbortController();
  const stream = new PassThrough({ highWaterMark: 262_144 });
  stream.once("close", () => abort.abort(new Error("the reader went away")));
  const signal = options.signal ? AbortSignal.any([options.signal, abort.signal]) : abort.signal;
  const onStdout = async (chunk: Buffer) => {
    if (!stream.write(chunk)) await once(stream, "drain", { signal: abort.signal });
  };
  const finished = execute(target, argv, { ...options, signal, onStdout }).then(
    (result) => {
      stream.end();
      return result;
    },
    (error: unknown) => {
      stream.destroy(error as Error);
      throw error;
    },
  );
  finished.catch(() => {});
  return { stream, finished };
}

const graceMs = 5_000;

/**
 * Feeds `input` to a command. When the input fails or `signal` aborts, the command is told by the end of its input and
 * has 5 s to leave before it is forced, so that it is not still at work when the caller cleans up. Rejects with the
 * input's error or the signal's reason when that came first, else with the command's BackupError.
 */
export async function executeFromStream(
  target: Target,
  argv: readonly string[],
  input: Readable,
  options: Options = {},
): Promise<ExecResult> {
  const { signal, ...rest } = options;
  signal?.throwIfAborted();
  const force = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let inputError: unknown;
  const ended = (error: unknown) => {
    inputError ??= error;
    timer ??= setTimeout(() => force.abort(inputError), graceMs);
  };
  const feed = async function* () {
    try {
      yield* input as AsyncIterable<Buffer>;
    } catch (error) {
      ended(error);
    }
  };
  const onAbort = () => {
    ended(signal?.reason);
    input.destroy(signal?.reason);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const result = await execute(target, argv, {
      ...rest,
      signal: force.signal,
      input: Readable.from(feed()),
    });
    if (inputError !== undefined) throw inputError;
    return result;
  } catch (error) {
    throw inputError ?? error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    input.destroy();
  }
}

function commandFailed(target: Target, argv: readonly string[], result: ExecResult): BackupError {
  const words = (result.stderr.trim() || result.stdout.toString().trim()).split("\n").slice(-6).join("\n");
  const command = argv.find((word) => !["sh", "-c", "--"].includes(word)) ?? "command";
  return new BackupError(
    `${nameOf(command)} in ${target.service} exited with ${result.exitCode}: ${words || "no output"}`,
    {
      code: "BACKUP_COMMAND_FAILED",
      hint: `is the tool in the image of ${target.service}, and may its user do this?`,
    },
  );
}

function nameOf(command: string): string {
  return command.includes("\n") ? "a script" : command;
}
