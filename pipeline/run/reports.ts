import { mkdir } from "node:fs/promises";
import type { VerdictDocument } from "#reports";
import type { Run } from "./run-plan.ts";

export interface WrittenReports {
  /** Absolute paths by kind: `junit`, `summary`, `ctrf`, `allure`. */
  files: Record<string, string>;
  /** What could not be written or posted, as sentences; never changes the verdict. */
  failures: string[];
  /** For the terminal. */
  summary: string;
}
