import { readdirSync, readFileSync } from "node:fs";
import { leaseVariable } from "./compose.ts";

/** Processes whose environment marks them as started for this lease, this process excepted. Linux only; elsewhere none. */
export function leasedProcesses(leaseId: string): number[] {
  const mark = `${leaseVariable}=${leaseId}`;
  return numbersIn("/proc").filter(
    (pid) => pid !== process.pid && environmentOf(pid).split("\0").includes(mark),
  );
}

/** Kills them at once and returns how many there were; they are short-lived commands with nothing to save. */
export function killLeased(leaseId: string): number {
  const pids = leasedProcesses(leaseId);
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Already gone.
    }
  }
  return pids.length;
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}
