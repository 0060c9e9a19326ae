export { type ExitCode, exitCodeOf, exitCodes } from "./exit-codes.ts";
export { mergeVerdicts, type Verdict, verdicts } from "./verdict.ts";
