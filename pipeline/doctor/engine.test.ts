import { describe, expect, test } from "vitest";
import { examine } from "./examine.ts";
import { provide } from "./provide.ts";
import { dockerVersion, scriptedMachine } from "./scripted-machine.ts";

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

  test("without systemd it is started as a process; one that ends at once is shown with its last words", async () => {
    const { io } = await scriptedMachine({
      onPath: ["docker"],
      script: (line) =>
        line.startsWith("docker version")
          ? { exitCode: 1, stdout: dockerVersion(null) }
          : "unix:///var/run/docker.sock",
    });
    const { writeFile } = await import("node:fs/promises");
    const bin = io.env?.["PATH"] ?? "";
    await writeFile(`${bin}/dockerd`, "#!/bin/sh\necho 'cannot mount overlay' >&2\nexit 7\n", {
      mode: 0o755,
    });
    const before = process.env["GAUNTLET_STATE_DIR"];
    process.env["GAUNTLET_STATE_DIR"] = bin;
    try {
      const report = await provide(["engine"], { install: true }, io);
      expect(report.needs[0]).toMatchObject({
        state: "failed",
        reason: expect.stringMatching(/ended with 7: .*cannot mount overlay/s),
      });
    } finally {
      if (before === undefined) delete process.env["GAUNTLET_STATE_DIR"];
      else process.env["GAUNTLET_STATE_DIR"] = before;
    }
  });
});
