import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { examine } from "./examine.ts";
import { provide } from "./provide.ts";
import { scriptedMachine } from "./scripted-machine.ts";
import { undo } from "./undo.ts";

describe("Compose and buildx", () => {
  test("new enough ones are present", async () => {
    const { io } = await scriptedMachine({
      onPath: ["docker"],
      script: (line) => (line.includes("compose") ? "2.26.1-4\n" : "github.com/docker/buildx 0.13.1+ds1\n"),
    });
    const { needs } = await examine(["compose", "buildx"], io);
    expect(needs.map((need) => [need.state, need.version])).toEqual([
      ["present", "2.26.1"],
      ["present", "0.13.1"],
    ]);
  });

  test("a Compose that does not know the overlay's words is missing, with both versions said", async () => {
    const { io } = await scriptedMachine({ onPath: ["docker"], script: () => "2.20.2\n" });
    expect((await examine(["compose"], io)).needs[0]).toMatchObject({
      state: "missing",
      reason: expect.stringMatching(/compose 2\.20\.2 at .* is older than 2\.24\.4/),
    });
  });

  test("the help text of a client without the plugin is no version", async () => {
    const { io } = await scriptedMachine({
      onPath: ["docker"],
      script: () => "Usage:  docker [OPTIONS] COMMAND\n",
    });
    expect((await examine(["compose"], io)).needs[0]?.state).toBe("missing");
  });

  test("the distribution's package is taken where it is new enough", async () => {
    let isInstalled = false;
    const { io, lines } = await scriptedMachine({
      onPath: ["docker"],
      script: (line) => {
        if (line.startsWith("docker compose")) return isInstalled ? "2.26.1-4\n" : undefined;
        if (line === "apt-cache policy docker-compose-v2") return "  Candidate: (none)\n";
        if (line === "apt-cache policy docker-compose") return "docker-compose:\n  Candidate: 2.26.1-4\n";
        if (line.includes("--simulate")) return "Inst docker-compose (2.26.1-4)\n";
        if (line.startsWith("apt-get install")) isInstalled = true;
        return "";
      },
    });
    const report = await provide(["compose"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({ state: "installed", version: "2.26.1" });
    expect(lines.some((line) => line.startsWith("mmdebstrap"))).toBe(false);
  });

  test("else both come out of one extraction, into this user's folder without root, and undo takes them away", async () => {
    const machine = await scriptedMachine({
      onPath: ["docker", "mmdebstrap"],
      machine: { isRoot: false },
      script: async (line) => {
        const plugin = /^docker (compose|buildx)/.exec(line)?.[1];
        if (plugin) return readFile(join(plugins, `docker-${plugin}`), "utf8").catch(() => undefined);
        const target = line.startsWith("mmdebstrap") && line.split(" ").at(-1);
        if (target) {
          const source = join(target, "usr/libexec/docker/cli-plugins");
          await mkdir(source, { recursive: true });
          await writeFile(join(source, "docker-compose"), "2.26.1-4\n");
          await writeFile(join(source, "docker-buildx"), "0.13.1\n");
        }
        return "";
      },
    });
    const plugins = join(machine.folder, ".docker/cli-plugins");
    const report = await provide(["compose", "buildx"], { install: true }, machine.io);
    expect(report.needs.map((need) => [need.state, need.where])).toEqual([
      ["installed", join(plugins, "docker-compose")],
      ["installed", join(plugins, "docker-buildx")],
    ]);
    expect(machine.lines.filter((line) => line.startsWith("mmdebstrap"))).toHaveLength(1);

    await writeFile(join(plugins, "docker-buildx"), "somebody's own");
    const undone = await undo(machine.io);
    expect(undone.removed).toEqual([`file ${join(plugins, "docker-compose")}`]);
    expect(undone.kept).toEqual([
      { what: `file ${join(plugins, "docker-buildx")}`, reason: expect.stringContaining("changed since") },
    ]);
    await expect(readFile(join(plugins, "docker-compose"))).rejects.toThrow("ENOENT");
  });
});
