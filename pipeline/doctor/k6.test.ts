import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { examine } from "./examine.ts";
import { provide } from "./provide.ts";
import { scriptedMachine } from "./scripted-machine.ts";

const k6Says = (line: string) => (line.endsWith("k6 version") ? "k6 v1.2.3 (go1.25)\n" : undefined);

describe("k6", () => {
  test("the one on PATH is found", async () => {
    const { io, folder } = await scriptedMachine({ onPath: ["k6"], script: k6Says });
    const [need] = (await examine(["k6"], io)).needs;
    expect(need).toMatchObject({ state: "present", version: "1.2.3", where: join(folder, "bin/k6") });
  });

  test("an old one on PATH does not count", async () => {
    const { io } = await scriptedMachine({ onPath: ["k6"], script: () => "k6 v0.57.0\n" });
    expect((await examine(["k6"], io)).needs[0]?.state).toBe("missing");
  });

  test("GAUNTLET_K6 comes first, and a wrong one is said", async () => {
    const { io } = await scriptedMachine({
      onPath: ["k6"],
      env: { GAUNTLET_K6: "/opt/none/k6" },
      script: k6Says,
    });
    expect((await examine(["k6"], io)).needs[0]).toMatchObject({
      state: "missing",
      reason: expect.stringContaining("GAUNTLET_K6 names /opt/none/k6"),
      commands: [],
    });
  });

  test("else it is built in an image and put into the cache, where the next doctor finds it", async () => {
    let isBuilt = false;
    const environment = {
      GAUNTLET_CA_BUNDLE: "/etc/os-release",
      HTTPS_PROXY: "http://user:secret@proxy:3128",
    };
    const machine = await scriptedMachine({
      env: environment,
      script: async (line) => {
        if (line.startsWith("docker image inspect"))
          return isBuilt ? "sha256:00c0ffee00c0ffee 2026-01-01T0\n" : undefined;
        if (line.startsWith("docker buildx build")) isBuilt = true;
        if (line.startsWith("docker cp")) await writeFile(line.split(" ").at(-1) ?? "", "k6");
        return /k6-[0-9a-f]{12} version$/.test(line) ? "k6 v1.8.1\n" : "";
      },
    });
    const report = await provide(["k6"], { install: true }, machine.io);
    const cached = (await readdir(join(machine.folder, ".cache/gauntlet")))[0];
    expect(cached).toMatch(/^k6-[0-9a-f]{12}$/);
    expect(report.needs[0]).toMatchObject({ state: "installed", version: "1.8.1" });
    expect((await examine(["k6"], machine.io)).needs[0]?.state).toBe("present");

    const build = machine.lines.find((line) => line.startsWith("docker buildx build")) ?? "";
    expect(build).toContain("--secret id=ca,src=/etc/os-release");
    expect(build).toContain("--build-arg HTTPS_PROXY ");
    expect(machine.lines.join("\n")).not.toContain("secret@");
    expect(machine.lines.at(-2)).toMatch(/^docker rm --force gauntlet-doctor-\d+-k6$/);
  });

  test("an image that is there already is not built again, and not taken for ours", async () => {
    const { io, lines } = await scriptedMachine({
      script: async (line) => {
        if (line.startsWith("docker image inspect")) return "sha256:00c0ffee00c0ffee 2026-01-01T0\n";
        if (line.startsWith("docker cp")) await writeFile(line.split(" ").at(-1) ?? "", "k6");
        return line.endsWith("version") ? "k6 v1.8.1\n" : "";
      },
    });
    expect((await provide(["k6"], { install: true }, io)).isReady).toBe(true);
    expect(lines.some((line) => line.startsWith("docker buildx"))).toBe(false);
    expect((await io.records?.list())?.map((record) => record.kind)).toEqual(["file"]);
  });

  test("a build that leaves no image is a failure", async () => {
    const { io, lines } = await scriptedMachine({
      env: { GAUNTLET_CA_BUNDLE: "/nowhere/ca.crt" },
      script: (line) => (line.startsWith("docker image inspect") ? undefined : ""),
    });
    const report = await provide(["k6"], { install: true }, io);
    expect(report.needs[0]?.reason).toMatch(/the build of gauntlet-k6:\w{12} left no image/);
    expect(lines.find((line) => line.startsWith("docker buildx"))).not.toContain("--secret");
  });

  test("a build that fails leaves nothing in the cache and says the build's last words", async () => {
    const { io, folder } = await scriptedMachine({
      script: (line) =>
        line.startsWith("docker buildx") ? { exitCode: 1, stderr: "no route to proxy" } : undefined,
    });
    const report = await provide(["k6"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("no route to proxy"),
    });
    await expect(readdir(join(folder, ".cache/gauntlet"))).rejects.toThrow("ENOENT");
  });
});
