import { type DoctorReport, isThere } from "./report.ts";

export interface ToolPaths {
  /** Undefined when the report did not look for it, or did not find it. */
  k6: string | undefined;
  chromium: { executablePath: string; launchArgs: readonly string[] } | undefined;
}

/** The executables runners start, and how. */
export function toolPaths(report: DoctorReport): ToolPaths {
  const whereOf = (name: string) => report.needs.find((need) => need.need === name && isThere(need))?.where;
  const chromium = whereOf("chromium");
  return {
    k6: whereOf("k6"),
    chromium:
      chromium === undefined
        ? undefined
        : {
            executablePath: chromium,
            launchArgs: [...(report.machine.isRoot ? ["--no-sandbox"] : []), ...quietArgs],
          },
  };
}

// A browser that talks to its vendor is slower and makes each run different.
const quietArgs = [
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
