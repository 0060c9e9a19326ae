import { DoctorError } from "./errors.ts";
import type { InstallRecords } from "./install-records.ts";
import { type Machine, usesApt } from "./machine.ts";
import type { CommandRunner } from "./need.ts";
import { upstreamVersion } from "./versions.ts";

/** The distribution's packages. dpkg allows one writer, so installs are done one at a time, urgent ones first. */
export interface Apt {
  /** Upstream version `name` would be installed at; undefined when the distribution has no such package. */
  candidate(name: string): Promise<string | undefined>;
  /** Installs what is not there and records the packages that came new. Throws DoctorError where it cannot, CommandError. */
  install(names: readonly string[], options?: { isUrgent?: boolean }): Promise<void>;
}

export interface AptOptions {
  machine: Machine;
  run: CommandRunner;
  records: InstallRecords;
  signal: AbortSignal;
}

// A fresh Ubuntu upgrades itself in the background and holds dpkg's lock meanwhile.
const waitForDpkg = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

export function openApt({ machine, run, records, signal }: AptOptions): Apt {
  const queue = oneAtATime();
  let updated: Promise<void> | undefined;
  const update = () => {
    updated ??= queue(true, async () => {
      // One foreign source that does not answer fails the whole update; whether it mattered, the install will tell.
      await run("apt-get", ["update", "-q", ...waitForDpkg], {
        env,
        signal,
        timeoutMs: 300_000,
        accept: [0, 100],
      });
    });
    return updated;
  };
  return {
    async candidate(name) {
      if (!canInstall(machine)) return undefined;
      await update();
      const { stdout } = await run("apt-cache", ["policy", name], { env, signal });
      return upstreamVersion(/^\s*Candidate:\s*(\S+)/m.exec(stdout)?.[1] ?? "");
    },
    async install(names, { isUrgent = false } = {}) {
      refuseWithoutApt(machine, names);
      await update();
      await queue(isUrgent, async () => {
        const install = ["install", "-y", "-q", "--no-install-recommends", ...waitForDpkg];
        const plan = await run("apt-get", [...install, "--simulate", ...names], { env, signal });
        const newNames = newPackagesIn(plan.stdout);
        if (newNames.length === 0) return;
        signal.throwIfAborted();
        const requested = newNames.filter((name) => names.includes(name));
        await records.add({ kind: "packages", names: newNames, requested });
        // Not given the signal: stopping dpkg midway leaves packages half configured. It ends, then the abort shows.
        await run("apt-get", [...install, ...names], { env, timeoutMs: 900_000 });
        signal.throwIfAborted();
      });
    },
  };
}

function canInstall(machine: Machine): boolean {
  return machine.isRoot && usesApt(machine);
}

function refuseWithoutApt(machine: Machine, names: readonly string[]): void {
  if (canInstall(machine)) return;
  const title = names.slice(0, 3).join(", ");
  if (!usesApt(machine)) {
    throw new DoctorError(
      `gauntlet installs packages on Debian and Ubuntu only, this is ${machine.distributionName}`,
      {
        code: "UNKNOWN_DISTRIBUTION",
        hint: `install ${title} the way your distribution describes, then run doctor again`,
      },
    );
  }
  throw new DoctorError(`only root can install packages, you are ${machine.userName}`, {
    code: "NEEDS_ROOT",
    hint: "run the commands shown, or doctor with sudo",
  });
}

/** Names in the simulation's "Inst NAME (version ...)" lines; an upgrade shows the old version in brackets first. */
export function newPackagesIn(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+) \(/gm)].flatMap((match) => (match[1] ? [match[1]] : []));
}

/** Runs one piece of work at a time; urgent ones overtake those that wait. */
function oneAtATime(): (isUrgent: boolean, work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  const urgent: (() => void)[] = [];
  let isBusy = false;
  return async (isUrgent, work) => {
    if (isBusy) await new Promise<void>((resolve) => (isUrgent ? urgent : waiting).push(resolve));
    isBusy = true;
    try {
      await work();
    } finally {
      const next = urgent.shift() ?? waiting.shift();
      if (next) next();
      else isBusy = false;
    }
  };
}
