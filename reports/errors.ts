import { GauntletError } from "#core/errors";
import { exitCodes } from "#core/verdict";

/** A report could not be written or posted. It says nothing about the change under test, hence an exit code of its own. */
export class ReportError extends GauntletError {
  override readonly name = "ReportError";

  constructor(message: string, options: { code: string; hint: string; cause?: unknown }) {
    super(message, { ...options, exitCode: exitCodes.reporting });
  }
}

/** What a failed write to `path` means for a person. */
export function unwritable(path: string, cause: unknown): ReportError {
  if (cause instanceof ReportError) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  return new ReportError(`cannot write ${path}: ${(cause as Error).message}`, {
    code: "REPORT_UNWRITABLE",
    hint: hints[code ?? ""] ?? "check that the folder exists and that you may write to it",
    cause,
  });
}

const hints: Readonly<Record<string, string>> = {
  ENOSPC:
    "the disk is full: free some space, for instance with `gauntlet env gc` and by removing old run folders",
  EROFS: "the file system is read-only: choose another report folder",
  EACCES: "you may not write there: change its owner or choose another report folder",
  EPERM: "you may not write there: change its owner or choose another report folder",
  ENOTDIR: "a part of the path is a file: remove it or choose another report folder",
  EEXIST: "a file stands where a folder is needed: remove it or choose another report folder",
};
