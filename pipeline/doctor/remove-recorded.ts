import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { isAlive, type ProcessIdentity } from "#core/state";
import { inspectImage } from "./base-image.ts";
import type { DoctorSession } from "./context.ts";
import { sha256Of } from "./install-file.ts";
import type { InstallRecord } from "./install-records.ts";
import { ask } from "./need.ts";

type Outside = Pick<DoctorSession, "run" | "signal" | "clock">;

/** Undefined when it is gone, or was already; else why it must stay. May throw CommandError. */
export function removeRecorded(record: InstallRecord, outside: Outside): Promise<string | undefined> {
  switch (record.kind) {
    case "image":
      return removeImage(record, outside);
    case "file":
      return removeFile(record);
    case "folder":
      return rm(record.path, { recursive: true, force: true }).then(() => undefined);
    case "engine":
      return stopEngine(record, outside);
    case "unit":
      return stopUnit(record.name, outside);
    case "packages":
      return removePackages(record, outside);
    case "mount":
      return outside.run("umount", [record.path]).then(() => undefined);
  }
}

export function titleOf(record: InstallRecord): string {
  switch (record.kind) {
    case "image":
      return `image ${record.reference}`;
    case "file":
    case "folder":
    case "mount":
      return `${record.kind} ${record.path}`;
    case "engine":
      return `running engine (pid ${record.pid})`;
    case "unit":
      return `running service ${record.name}`;
    case "packages":
      return `packages ${record.requested.join(" ")} (${record.names.length} with what they need)`;
  }
}

async function removeImage(
  record: { reference: string; id: string },
  outside: Outside,
): Promise<string | undefined> {
  if (!(await ask(outside, "docker", ["info", "--format", "{{.ID}}"]))) {
    return "the engine that holds it does not answer; `gauntlet doctor --install` starts it";
  }
  // Pulled or built anew since, it is somebody else's.
  if ((await inspectImage(outside, record.reference))?.id !== record.id) return undefined;
  await outside.run("docker", ["image", "rm", record.reference], { signal: outside.signal });
  return undefined;
}

async function removeFile(record: { path: string; sha256: string }): Promise<string | undefined> {
  if (!existsSync(record.path)) return undefined;
  if ((await sha256Of(record.path)) !== record.sha256)
    return "it was changed since; remove it by hand if you want";
  await rm(record.path);
  return undefined;
}

const stopTimeoutMs = 30_000;

async function stopEngine(identity: ProcessIdentity, outside: Outside): Promise<string | undefined> {
  const { pid, startTicks } = identity;
  const engine = { pid, startTicks };
  if (!isAlive(engine)) return undefined;
  const busy = await containersRunning(outside);
  if (busy) return busy;
  process.kill(pid, "SIGTERM");
  const deadline = outside.clock.now() + stopTimeoutMs;
  while (isAlive(engine)) {
    if (outside.clock.now() > deadline) return `it did not end within ${stopTimeoutMs / 1000} s`;
    await outside.clock.sleep(100, outside.signal);
  }
  return undefined;
}

async function stopUnit(name: string, outside: Outside): Promise<string | undefined> {
  const busy = await containersRunning(outside);
  if (busy) return busy;
  // Its socket would start it again at the next question.
  await outside.run("systemctl", ["stop", `${name}.socket`, name], { signal: outside.signal });
  return undefined;
}

async function containersRunning(outside: Outside): Promise<string | undefined> {
  const listed = await ask(outside, "docker", ["ps", "--quiet"]);
  const count = listed?.stdout.split("\n").filter((id) => id !== "").length ?? 0;
  return count === 0 ? undefined : `${count} container${count === 1 ? " is" : "s are"} running in it`;
}

const aptEnvironment = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

async function removePackages(
  { names, requested }: { names: readonly string[]; requested: readonly string[] },
  outside: Outside,
): Promise<string | undefined> {
  const ours = await installedOf(requested, outside);
  if (ours.includes("docker.io")) {
    const busy = await containersRunning(outside);
    if (busy) return busy;
  }
  const others = (await removalOf("remove", ours, outside)).filter((name) => !names.includes(name));
  if (others.length > 0) return `${others.join(", ")} came later and would go with them`;
  await removeWithApt(ours, outside);
  // Of what came along only that which apt itself knows to be needed by nobody any more.
  const unneeded = await removalOf("autoremove", [], outside);
  await removeWithApt(
    await installedOf(
      names.filter((name) => unneeded.includes(name)),
      outside,
    ),
    outside,
  );
  return undefined;
}

async function installedOf(names: readonly string[], outside: Outside): Promise<string[]> {
  if (names.length === 0) return [];
  const format = "${Package} ${db:Status-Status}\n";
  // It exits 1 when it does not know one of them, and lists the others.
  const listed = await outside.run("dpkg-query", ["-W", "-f", format, ...names], {
    env: aptEnvironment,
    accept: [0, 1],
  });
  return listed.stdout
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap(([name, status]) => (name && status === "installed" ? [name] : []));
}

async function removalOf(verb: "remove" | "autoremove", names: readonly string[], outside: Outside) {
  const plan = await outside.run("apt-get", [verb, "--simulate", ...names], { env: aptEnvironment });
  return removedIn(plan.stdout);
}

async function removeWithApt(names: readonly string[], outside: Outside): Promise<void> {
  if (names.length === 0) return;
  const waitForDpkg = ["-o", "DPkg::Lock::Timeout=300"];
  await outside.run("apt-get", ["remove", "-y", "-q", ...waitForDpkg, ...names], { env: aptEnvironment });
}

/** Names in a simulation's "Remv NAME [version]" lines. */
export function removedIn(simulation: string): string[] {
  return [...simulation.matchAll(/^Remv (\S+)/gm)].flatMap((match) => match[1] ?? []);
}
