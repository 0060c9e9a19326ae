import { type ExitCode, exitCodes } from "#core/verdict";
import { GauntletError } from "./gauntlet-error.ts";

/** The shape of `error` in every `--json` answer. */
export interface ErrorDescription {
  code: string;
  message: string;
  hint?: string;
  causes?: string[];
}

export function describeError(error: unknown): ErrorDescription {
  const causes = causesOf(error);
  return {
    code: errorCodeOf(error),
    message: error instanceof Error ? error.message : String(error),
    ...(error instanceof GauntletError && error.hint !== undefined ? { hint: error.hint } : {}),
    ...(causes.length > 0 ? { causes } : {}),
  };
}

export function errorCodeOf(error: unknown): string {
  return error instanceof GauntletError ? error.code : "INTERNAL";
}

export function exitCodeForError(error: unknown): ExitCode {
  return error instanceof GauntletError ? error.exitCode : exitCodes.internal;
}

function causesOf(error: unknown): string[] {
  if (error instanceof AggregateError) return error.errors.map((part) => messageOf(part));
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < 8) {
    causes.push(messageOf(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
