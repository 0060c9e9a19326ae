import type { Verdict } from "./verdict.ts";

/** The one table of exit codes; every command uses it and prints it in its help. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unknown: 3,
  environment: 4,
  internal: 5,
  reporting: 6,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** PASS and WARN let the change through; the two unknowns share a code of their own. */
export function exitCodeOf(verdict: Verdict): ExitCode {
  switch (verdict) {
    case "PASS":
    case "WARN":
      return exitCodes.ok;
    case "FAIL":
      return exitCodes.failed;
    case "INCONCLUSIVE":
    case "ERROR":
      return exitCodes.unknown;
  }
}
