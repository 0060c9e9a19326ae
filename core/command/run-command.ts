import { execa } from "execa";
import { GauntletError } from "#core/errors";

export interface CommandOptions {
  cwd?: string;
  /** Added to the inherited environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** Text given on standard input; default none (closed). */
  input?: string;
  signal?: AbortSignal;
  /** Default 10 minutes. SIGTERM first, SIGKILL five seconds later. */
  timeoutMs?: number;
  /** Exit codes that are an answer rather than a failure. Default [0]. */
  accept?: readonly number[];
  /** Called with each whole line of standard output and error as it comes. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Characters kept per stream, the newest; more is dropped, never an error. Default 16 Mi. */
  maxOutputChars?: number;
}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  durationMs: number;
}

/** A command that could not be started, was stopped, or ended with a code outside `accept`. */
export class CommandError extends GauntletError {
  override readonly name = "CommandError";
  readonly result: Partial<CommandResult>;

  constructor(
    message: string,
    result: Partial<CommandResult>,
    options: { code: string; hint?: string; cause?: unknown },
  ) {
    super(message, options);
    this.result = result;
  }
}

/** Runs `file` without a shell, waits for its end, keeps its output bounded. Throws CommandError. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const maxChars = options.maxOutputChars ?? 16 * 1024 * 1024;
  const output = { stdout: tailBuffer(maxChars), stderr: tailBuffer(maxChars) };
  const startMs = performance.now();
  const subprocess = execa(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    extendEnv: false,
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    timeout: options.timeoutMs ?? 600_000,
    reject: false,
    buffer: false,
  });
  const collected = (["stdout", "stderr"] as const).map(async (name) => {
    for await (const line of subprocess.iterable({ from: name })) {
      output[name].push(`${line}\n`);
      options.onLine?.(line, name);
    }
  });
  const [finished] = await Promise.all([subprocess, ...collected]);
  const result: CommandResult = {
    exitCode: finished.exitCode ?? -1,
    stdout: output.stdout.text(),
    stderr: output.stderr.text(),
    durationMs: performance.now() - startMs,
  };
  if (options.signal?.aborted && finished.isCanceled) throw options.signal.reason;
  const name = [file, ...args.slice(0, 3)].join(" ");
  // A command may answer the signal with a code of its own; what was stopped has not finished all the same.
  if (finished.exitCode === undefined || finished.timedOut) throw notFinished(name, finished, result);
  if (!(options.accept ?? [0]).includes(finished.exitCode)) {
    throw new CommandError(`${name} exited with ${finished.exitCode}: ${lastLines(result)}`, result, {
      code: "COMMAND_FAILED",
    });
  }
  return result;
}

interface Unfinished {
  timedOut?: boolean | undefined;
  code?: string | undefined;
  signal?: string | undefined;
  shortMessage?: string | undefined;
}

function notFinished(name: string, finished: Unfinished, result: CommandResult): CommandError {
  if (finished.code === "ENOENT") {
    return new CommandError(`${name}: no such command`, result, {
      code: "COMMAND_NOT_FOUND",
      hint: "run `gauntlet doctor` to see what is missing",
    });
  }
  if (finished.timedOut) return new CommandError(`${name} timed out`, result, { code: "COMMAND_TIMED_OUT" });
  return new CommandError(`${name} ended by ${finished.signal ?? finished.shortMessage}`, result, {
    code: "COMMAND_KILLED",
  });
}

function lastLines(result: CommandResult): string {
  const text = (result.stderr.trim() || result.stdout.trim()).split("\n");
  return text.slice(-12).join("\n") || "no output";
}

function tailBuffer(maxChars: number) {
  const parts: string[] = [];
  let length = 0;
  return {
    push(part: string) {
      parts.push(part);
      length += part.length;
      while (length > maxChars && parts.length > 1) length -= parts.shift()?.length ?? 0;
    },
    text: () => parts.join(""),
  };
}
