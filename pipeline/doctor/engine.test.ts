import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Clock } from "#core/clock";
import { examine } from "./examine.ts";
import type { Machine } from "./machine.ts";
import { provide } from "./provide.ts";
import { dockerVersion, scriptedMachine } from "./scripted-machine.ts";
import { undo } from "./undo.ts";

const modern = { Version: "26.1.5+dfsg1", ApiVersion: "1.45" };

async function examineEngine(options: Parameters<typeof scriptedMachine>[0]) {
  const { io } = await scriptedMachine(options);
  return (await examine(["engine"], io)).needs[0];
}

describe("engine", () => {
  test("one that answers is present with its version and address", async () => {
    const need = await examineEngine({
      onPath: ["docker"],
      script: (line) =>
        line.startsWith("docker version") ? dockerVersion(modern) : "unix:///run/user/1000/docker.sock\n",
    });
    expect(need).toMatchObject({
      state: "present",
      version: "26.1.5",
      where: "unix:///run/user/1000/docker.sock",
      commands: [],
    });
  });

  test("an engine too old is missing although it answers", async () => {
    const need = await examineEngine({
      onPath: ["docker"],
      script: () => dockerVersion({ Version: "19.03.1", ApiVersion: "1.40" }),
    });
    expect(need).toMatchObject({ state: "missing", reason: expect.stringContaining("1.41 or later") });
  });

  test("DOCKER_HOST that does not answer is named, and nothing is installed in its stead", async () => {
    const { io, lines } = await scriptedMachine({
      onPath: ["docker", "dockerd"],
      env: { DOCKER_HOST: "tcp://build-box:2376" },
      script: () => ({ exitCode: 1, stdout: dockerVersion(null), stderr: "Cannot connect" }),
    });
    const report = await provide(["engine"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: "the engine at tcp://build-box:2376 does not answer: Cannot connect",
      hint: expect.stringContaining("DOCKER_HOST"),
    });
    expect(lines.filter((line) => !line.startsWith("docker version"))).toEqual([]);
  });

  test("a socket that refuses this user is told from an engine that is not there", async () => {
    const need = await examineEngine({
      onPath: ["docker"],
      machine: { isRoot: false, userName: "ada" },
      script: (line) =>
        line.startsWith("docker version")
          ? { exitCode: 1, stdout: dockerVersion(null), stderr: "permission denied while trying to connect" }
          : "unix:///var/run/docker.sock",
    });
    expect(need).toMatchObject({
      reason: "user ada may not talk to unix:///var/run/docker.sock",
      hint: expect.stringContaining("usermod -aG docker"),
    });
  });

  test("on a machine without one, root gets the packages and the service is started", async () => {
    let isStarted = false;
    const fresh = await scriptedMachine({
      machine: { runsSystemd: true },
      script: async (line) => {
        if (line.startsWith("docker version")) return isStarted ? dockerVersion(modern) : undefined;
        if (line.startsWith("docker context")) return "unix:///var/run/docker.sock";
        if (line.startsWith("apt-cache policy docker-cli"))
          return "docker-cli:\n  Candidate: 26.1.5+dfsg1-9\n";
        if (line.includes("--simulate"))
          return "Inst docker.io (26.1.5 Debian:13 [amd64])\nInst iptables (1.8 Debian:13)\nInst runc (1 Debian:13)\n";
        if (line.startsWith("apt-get install")) await Promise.all(["docker", "dockerd"].map(fresh.addToPath));
        if (line === "systemctl start docker") isStarted = true;
        return "";
      },
    });
    const report = await provide(["engine"], { install: true }, fresh.io);
    expect(report).toMatchObject({ isReady: true, needs: [{ state: "installed", version: "26.1.5" }] });
    expect(report.needs[0]?.done.map((step) => step.what)).toEqual([
      "installing the Docker engine",
      "starting the Docker engine",
    ]);
    expect(
      fresh.lines.find((line) => line.startsWith("apt-get install") && !line.includes("--simulate")),
    ).toMatch(/--no-install-recommends .*docker\.io iptables ca-certificates docker-cli$/);
    expect(await fresh.io.records?.list()).toEqual([
      { kind: "packages", names: ["docker.io", "iptables", "runc"], requested: ["docker.io", "iptables"] },
      { kind: "unit", name: "docker" },
    ]);
  });

  test("without systemd it is started in a session of its own, again when it has died, and undo stops it", async () => {
    const machine = await machineWithDockerd('touch "$0.up"; exec sleep 60');
    const pids = [];
    for (const _ of ["first", "after its death"]) {
      const report = await provide(["engine"], { install: true }, machine.io);
      expect(report.needs[0]).toMatchObject({ state: "started", version: "26.1.5" });
      const record = (await machine.io.records?.list())?.at(-1);
      if (record?.kind !== "engine") throw new Error("the engine is not on record");
      pids.push(record.pid);
      expect(await sessionOf(record.pid)).toBe(record.pid);
      if (pids.length === 1) {
        process.kill(record.pid, "SIGKILL");
        await rm(`${machine.dockerd}.up`);
      }
    }
    expect(pids[0]).not.toBe(pids[1]);
    const undone = await undo(machine.io);
    expect(undone).toMatchObject({ kept: [], removed: [expect.anything(), expect.anything()] });
    await expect(sessionOf(pids[1] ?? 0)).rejects.toThrow("ENOENT");
  });

  test("one that ends at once is shown with its last words", async () => {
    const { io } = await machineWithDockerd("echo 'cannot mount overlay' >&2; exit 7");
    const report = await provide(["engine"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/ended with 7: .*cannot mount overlay/s),
    });
  });

  test("one that never answers is given up after a minute, and its log is shown", async () => {
    const { io } = await machineWithDockerd("echo 'waiting for containerd'; exec sleep 60");
    const report = await provide(["engine"], { install: true }, { ...io, clock: clockOfLongSleeps() });
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/did not answer within 60 s \(no engine answers at unix:.*/s),
    });
    expect((await undo(io)).removed).toHaveLength(1);
  });

  test("control groups are mounted where nobody has, since no engine starts without", async () => {
    const machine = await machineWithDockerd('touch "$0.up"; exec sleep 60', { hasControlGroups: false });
    await provide(["engine"], { install: true }, machine.io);
    expect(machine.lines).toContain("mount -t cgroup2 cgroup2 /sys/fs/cgroup");
    expect(await machine.io.records?.list()).toContainEqual({ kind: "mount", path: "/sys/fs/cgroup" });
    expect((await undo(machine.io)).kept).toEqual([]);
  });

  test("a service that does not come up is shown with its journal", async () => {
    const scripted = await scriptedMachine({
      onPath: ["docker", "dockerd"],
      machine: { runsSystemd: true },
      script: (line) => {
        if (line.startsWith("docker version")) return { exitCode: 1, stdout: dockerVersion(null) };
        return line.startsWith("journalctl")
          ? "docker.service: start-limit-hit"
          : "unix:///var/run/docker.sock";
      },
    });
    const report = await provide(
      ["engine"],
      { install: true },
      { ...scripted.io, clock: clockOfLongSleeps() },
    );
    expect(report.needs[0]?.reason).toContain("docker.service: start-limit-hit");
  });

  test("a client that does not answer at all is told from one that is not there", async () => {
    const script = () => ({ exitCode: 127 });
    const broken = await examineEngine({ onPath: ["docker"], script });
    expect(broken).toMatchObject({ state: "missing", reason: "the docker client does not answer" });
    expect(await examineEngine({ script })).toMatchObject({ reason: "no docker client on PATH" });
  });

  test("packages that bring no client are a failure that says so", async () => {
    const { io } = await scriptedMachine({
      script: (line) => (line.startsWith("docker") ? undefined : ""),
    });
    const report = await provide(["engine"], { install: true }, io);
    expect(report.needs[0]?.reason).toContain("no docker command on PATH");
  });

  test("a user is told how to be let in, root is not told to use sudo", async () => {
    const script = () => undefined;
    const user = await examineEngine({ script, machine: { isRoot: false, runsSystemd: true } });
    expect(user?.commands).toEqual([
      "sudo apt-get update && sudo apt-get install -y docker.io iptables",
      "sudo systemctl enable --now docker",
      expect.stringContaining("usermod -aG docker"),
    ]);
    expect((await examineEngine({ script }))?.commands.join()).not.toContain("sudo");
  });

  test("only root can start it", async () => {
    const { io } = await machineWithDockerd("exit 7", { isRoot: false });
    const report = await provide(["engine"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("only root can start"),
      hint: expect.stringContaining("sudo"),
    });
  });
});

/** A machine whose dockerd is a shell script; the client reaches an engine once the script has made `dockerd.up`. */
async function machineWithDockerd(script: string, machine: Partial<Machine> = {}) {
  const scripted = await scriptedMachine({
    onPath: ["docker"],
    machine,
    script: (line) => {
      if (line.startsWith("docker ps")) return "";
      if (!line.startsWith("docker version")) return "unix:///var/run/docker.sock";
      return existsSync(`${dockerd}.up`)
        ? dockerVersion(modern)
        : { exitCode: 1, stdout: dockerVersion(null) };
    },
  });
  const dockerd = join(scripted.folder, "bin/dockerd");
  await writeFile(dockerd, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("GAUNTLET_STATE_DIR", scripted.folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { ...scripted, dockerd };
}

/** Each sleep takes a minute of its time and none of ours. */
function clockOfLongSleeps(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    sleep: async () => {
      nowMs += 61_000;
    },
  };
}

/** Field 6 of /proc/PID/stat. */
async function sessionOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
}
