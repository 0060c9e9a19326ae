import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isAlive, thisProcess } from "#core/state";

/** Who holds an environment, told apart across machines, reboots and containers that share one engine. */
export interface Owner {
  host: string;
  boot: string;
  pidNamespace: string;
  pid: number;
  startTicks: number;
}

export type OwnerState = "alive" | "dead" | "elsewhere";

export function thisOwner(): Owner {
  return { ...place(), ...thisProcess() };
}

/** `elsewhere`: another machine or PID namespace, whose processes cannot be seen from here. */
export function ownerState(owner: Owner): OwnerState {
  const here = place();
  if (owner.host !== here.host) return "elsewhere";
  if (owner.boot !== here.boot) return "dead";
  if (owner.pidNamespace !== here.pidNamespace) return "elsewhere";
  return isAlive(owner) ? "alive" : "dead";
}

export function formatOwner(owner: Owner): string {
  return [owner.host, owner.boot, owner.pidNamespace, owner.pid, owner.startTicks].join("/");
}

export function parseOwner(text: string): Owner | undefined {
  const [host, boot, pidNamespace, pid, startTicks, ...rest] = text.split("/");
  if (!host || !boot || !pidNamespace || !pid || !startTicks || rest.length > 0) return undefined;
  if (!/^\d+$/.test(pid) || !/^\d+$/.test(startTicks)) return undefined;
  return { host, boot, pidNamespace, pid: Number(pid), startTicks: Number(startTicks) };
}

function place(): Pick<Owner, "host" | "boot" | "pidNamespace"> {
  return {
    host: hostname().replaceAll("/", "_") || "localhost",
    boot: orUnknown(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: orUnknown(() => readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")),
  };
}

/** Systems without /proc: one boot, one namespace, told apart by pid alone. */
function orUnknown(read: () => string): string {
  try {
    return read() || "unknown";
  } catch {
    return "unknown";
  }
}
