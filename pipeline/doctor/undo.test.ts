import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isAlive, processIdentity, waitForLock } from "#core/state";
import type { InstallRecord } from "./install-records.ts";
import { provide } from "./provide.ts";
import { renderUndoReport } from "./render-report.ts";
import { scriptedMachine } from "./scripted-machine.ts";
import { undo } from "./undo.ts";

async function machineThatHas(
  records: readonly InstallRecord[],
  script: (line: string) => string | undefined,
) {
  const machine = await scriptedMachine({ script });
  for (const record of records) await machine.io.records?.add(record);
  return machine;
}

/** Stands for an engine: ends when asked to. */
async function startProcess() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  const identity = child.pid === undefined ? undefined : processIdentity(child.pid);
  if (!identity) throw new Error("the process is gone");
  return identity;
}

describe("undo", () => {
  test("removes images before the engine that holds them, the engine before its packages", async () => {
    const id = "sha256:1234";
    const { io, lines } = await machineThatHas(
      [
        { kind: "packages", names: ["docker.io", "runc", "systemd"], requested: ["docker.io"] },
        { kind: "unit", name: "docker" },
        { kind: "image", reference: "debian:trixie-slim", id },
      ],
      (line) => {
        if (line.startsWith("docker image inspect")) return `${id} 2026-01-01T0`;
        if (line.startsWith("dpkg-query"))
          return line.endsWith("docker.io") ? "docker.io installed\n" : "runc installed\n";
        if (line.startsWith("apt-get remove --simulate")) return "Remv docker.io [26.1.5]\n";
        // systemd came with them and is needed by now; cowsay was needless before.
        if (line.startsWith("apt-get autoremove")) return "Remv runc [1.1]\nRemv cowsay [3.03]\n";
        return "";
      },
    );
    const { removed, kept } = await undo(io);
    expect(kept).toEqual([]);
    expect(removed).toEqual([
      "image debian:trixie-slim",
      "running service docker",
      "packages docker.io (3 with what they need)",
    ]);
    const changes = lines.filter((line) => /image rm|systemctl|apt-get remove -y/.test(line));
    expect(changes).toEqual([
      "docker image rm debian:trixie-slim",
      "systemctl stop docker.socket docker",
      "apt-get remove -y -q -o DPkg::Lock::Timeout=300 docker.io",
      "apt-get remove -y -q -o DPkg::Lock::Timeout=300 runc",
    ]);
    expect(await io.records?.list()).toEqual([]);
  });

  test("an engine it started is stopped, unless containers run in it", async () => {
    const identity = await startProcess();
    let containers = "4f5e\n7a1b\n";
    const { io } = await machineThatHas([{ kind: "engine", ...identity }], () => containers);
    expect((await undo(io)).kept).toEqual([
      { what: `running engine (pid ${identity.pid})`, reason: "2 containers are running in it" },
    ]);
    expect(isAlive(identity)).toBe(true);

    containers = "";
    expect((await undo(io)).removed).toHaveLength(1);
    expect(isAlive(identity)).toBe(false);
    expect(await io.records?.list()).toEqual([]);
  });

  test("a process that took over the engine's pid is left alone", async () => {
    const identity = await startProcess();
    const { io } = await machineThatHas(
      [{ kind: "engine", pid: identity.pid, startTicks: identity.startTicks - 1 }],
      () => "",
    );
    expect((await undo(io)).removed).toHaveLength(1);
    expect(isAlive(identity)).toBe(true);
  });

  test("packages that something installed later needs are kept and stay on record", async () => {
    const record: InstallRecord = { kind: "packages", names: ["iptables"], requested: ["iptables"] };
    const { io, lines } = await machineThatHas([record], (line) => {
      if (line.startsWith("dpkg-query")) return "iptables installed\n";
      return line.includes("--simulate") ? "Remv iptables [1.8]\nRemv ufw [0.36]\n" : "";
    });
    expect((await undo(io)).kept).toEqual([
      { what: "packages iptables (1 with what they need)", reason: "ufw came later and would go with them" },
    ]);
    expect(lines.some((line) => line.startsWith("apt-get remove -y"))).toBe(false);
    expect(await io.records?.list()).toEqual([record]);
  });

  test("an image cannot be removed while its engine is down; the record stays", async () => {
    const { io } = await machineThatHas(
      [{ kind: "image", reference: "debian:trixie-slim", id: "sha256:1" }],
      () => undefined,
    );
    const undone = await undo(io);
    expect(undone.kept[0]?.reason).toContain("does not answer");
    expect(renderUndoReport({ ...undone, removed: ["file /x"] })).toMatch(
      /^removed {2}file \/x\nkept {5}image debian:trixie-slim: the engine/,
    );
    expect(await io.records?.list()).toHaveLength(1);
  });

  test("what cannot be removed is kept with the reason, the rest is removed", async () => {
    const machine = await machineThatHas(
      [
        { kind: "mount", path: "/sys/fs/cgroup" },
        { kind: "packages", names: ["jq"], requested: ["jq"] },
      ],
      (line) => (line.startsWith("umount") ? undefined : ""),
    );
    const undone = await undo(machine.io);
    expect(undone.removed).toEqual(["packages jq (1 with what they need)"]);
    expect(undone.kept).toEqual([
      {
        what: "mount /sys/fs/cgroup",
        reason: expect.stringContaining("umount /sys/fs/cgroup exited with 1"),
      },
    ]);
    expect(await machine.io.records?.list()).toEqual([{ kind: "mount", path: "/sys/fs/cgroup" }]);
  });

  test("waits for a doctor at work", async () => {
    const { io } = await machineThatHas([], () => "");
    const other = await waitForLock(io.lockPath ?? "", { purpose: "another test" });
    const events: string[] = [];
    const running = undo({
      ...io,
      events: (event) => {
        if (event.type === "progress") events.push(event.message);
        void other.release();
      },
    });
    expect(renderUndoReport(await running)).toBe("doctor has installed nothing here");
    expect(events).toEqual([expect.stringContaining("another test")]);
  });

  test("folders go with what is in them; a mount is unmounted last", async () => {
    const { io, lines, folder } = await machineThatHas([{ kind: "mount", path: "/sys/fs/cgroup" }], () => "");
    const browsers = join(folder, "ms-playwright");
    await mkdir(browsers);
    await writeFile(join(browsers, "chrome"), "");
    await io.records?.add({ kind: "folder", path: browsers });
    expect((await undo(io)).removed).toEqual([`folder ${browsers}`, "mount /sys/fs/cgroup"]);
    expect(lines).toEqual(["umount /sys/fs/cgroup"]);
  });

  test("an engine that ignores the request to end is kept after half a minute", async () => {
    const child = spawn(process.execPath, [
      "-e",
      "process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 1000)",
    ]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const identity = processIdentity(child.pid ?? 0);
    if (!identity) throw new Error("the process is gone");
    const { io } = await machineThatHas([{ kind: "engine", ...identity }], () => "");
    let nowMs = 0;
    const sleep = async () => {
      nowMs += 20_000;
    };
    const undone = await undo({ ...io, clock: { now: () => nowMs, sleep } });
    expect(undone.kept[0]?.reason).toBe("it did not end within 30 s");
  });

  test("a torn record stops it as well", async () => {
    const { io, folder } = await scriptedMachine({ script: () => undefined });
    await writeFile(join(folder, "doctor.json"), '{"v":1,"rec');
    await expect(undo(io)).rejects.toMatchObject({ code: "DOCTOR_RECORDS_BROKEN" });
  });

  test("a broken record stops both undo and install before they touch anything", async () => {
    const { io, folder, lines } = await scriptedMachine({ script: () => undefined });
    await writeFile(join(folder, "doctor.json"), '{"v":1,"records":[{"kind":"everything"}]}');
    await expect(undo(io)).rejects.toMatchObject({ code: "DOCTOR_RECORDS_BROKEN", exitCode: 4 });
    await expect(provide(["chromium"], { install: true }, io)).rejects.toMatchObject({
      code: "DOCTOR_RECORDS_BROKEN",
    });
    expect(lines.filter((line) => !line.endsWith("--version"))).toEqual([]);
  });
});
