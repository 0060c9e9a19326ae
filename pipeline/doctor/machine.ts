import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";

/** The facts about this machine that decide how something is installed. */
export interface Machine {
  isRoot: boolean;
  userName: string;
  homeDirectory: string;
  /** `ID` and `ID_LIKE` of os-release, e.g. ["ubuntu", "debian"]; empty when unknown. */
  distributionIds: readonly string[];
  /** `PRETTY_NAME`, or a word for the platform. */
  distributionName: string;
  /** systemd is process 1 here and can start services. */
  runsSystemd: boolean;
  /** Some control group hierarchy is mounted; an engine cannot start without. */
  hasControlGroups: boolean;
}

export function readMachine(): Machine {
  const release = parseOsRelease(readIfThere("/etc/os-release"));
  return {
    isRoot: process.getuid?.() === 0,
    userName: userInfo().username,
    homeDirectory: homedir(),
    distributionIds: [release["ID"], ...(release["ID_LIKE"] ?? "").split(" ")].filter(isWord),
    distributionName: release["PRETTY_NAME"] ?? process.platform,
    runsSystemd: existsSync("/run/systemd/system"),
    hasControlGroups: /\scgroup2?\s/.test(readIfThere("/proc/mounts")),
  };
}

/** Debian, Ubuntu and what calls itself like them: installed with apt. */
export function usesApt(machine: Machine): boolean {
  return machine.distributionIds.some((id) => id === "debian" || id === "ubuntu");
}

export function isUbuntu(machine: Machine): boolean {
  return machine.distributionIds.includes("ubuntu");
}

/** os-release(5): KEY=value or KEY="value", one a line. */
export function parseOsRelease(text: string): Record<string, string> {
  const entries = text.split("\n").flatMap((line) => {
    const match = /^([A-Z_0-9]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim());
    return match?.[1] === undefined ? [] : [[match[1], match[2] ?? match[3] ?? match[4] ?? ""] as const];
  });
  return Object.fromEntries(entries);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isWord(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
