import { readFileSync } from "node:fs";

/** A process that can be told from a later one with the same pid: `startTicks` is when it began (clock ticks since boot). */
export interface ProcessIdentity {
  pid: number;
  startTicks: number;
}

/** Undefined when no such process exists. Linux: field 22 of /proc/PID/stat (proc(5)). Elsewhere startTicks is 0. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  if (process.platform !== "linux") return answersToSignal(pid) ? { pid, startTicks: 0 } : undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const isZombie = fields[0] === "Z";
    return isZombie ? undefined : { pid, startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

export function thisProcess(): ProcessIdentity {
  return processIdentity(process.pid) ?? { pid: process.pid, startTicks: 0 };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return processIdentity(identity.pid)?.startTicks === identity.startTicks;
}

function answersToSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
