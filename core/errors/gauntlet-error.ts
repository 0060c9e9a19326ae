import { type ExitCode, exitCodes } from "#core/verdict";

export interface GauntletErrorOptions {
  /** Stable, upper snake case; programs match on it. */
  code: string;
  /** The next thing to try, as a sentence or a command. */
  hint?: string;
  exitCode?: ExitCode;
  cause?: unknown;
}

/** gauntlet could not do its work. A failing test or a deviated experiment is a result, never one of these. */
export class GauntletError extends Error {
  override readonly name: string = "GauntletError";
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: GauntletErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? exitCodes.internal;
  }
}

/** The caller asked for something that cannot be: wrong flag, unknown name, broken file. Nothing was changed. */
export class UsageError extends GauntletError {
  override readonly name = "UsageError";

  constructor(
    message: string,
    options: Omit<GauntletErrorOptions, "exitCode" | "code"> & { code?: string } = {},
  ) {
    super(message, { ...options, code: options.code ?? "USAGE", exitCode: exitCodes.usage });
  }
}
