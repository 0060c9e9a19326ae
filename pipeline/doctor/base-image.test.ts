import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { provide } from "./provide.ts";
import { scriptedMachine } from "./scripted-machine.ts";
import { undo } from "./undo.ts";

const id = `sha256:${"a1".repeat(32)}`;

/** An engine without the image; pulling works when `registry` answers. */
async function machineWith(options: { registry: boolean; hasMmdebstrap?: boolean }) {
  let current: string | undefined;
  const machine = await scriptedMachine({
    onPath: ["docker", ...(options.hasMmdebstrap === false ? [] : ["mmdebstrap"])],
    script: async (line, { onLine }) => {
      if (line.startsWith("docker image inspect")) return current && `${current} 2026-11-21T07:00:00Z\n`;
      if (line.startsWith("docker pull")) {
        onLine?.(options.registry ? "trixie-slim: Pulling from library/debian" : "no such host", "stdout");
        if (options.registry) current = id;
        return options.registry ? "" : undefined;
      }
      if (line.startsWith("mmdebstrap")) await writeFile(line.split(" ").at(-1) ?? "", "tar");
      if (line.startsWith("docker import")) current = id;
      if (line.startsWith("docker image rm")) current = undefined;
      return "";
    },
  });
  return { ...machine, setImage: (value: string) => (current = value) };
}

describe("base image", () => {
  test("is pulled where a registry answers", async () => {
    const { io, lines } = await machineWith({ registry: true });
    const report = await provide(["base-image"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({
      state: "installed",
      version: "2026-11-21",
      where: "debian:trixie-slim (a1a1a1a1a1a1)",
    });
    expect(lines.some((line) => line.startsWith("mmdebstrap"))).toBe(false);
  });

  test("is made from packages where none does, and the archive goes", async () => {
    const { io, lines } = await machineWith({ registry: false });
    const report = await provide(["base-image"], { install: true }, io);
    expect(report.isReady).toBe(true);
    const made = lines.find((line) => line.startsWith("mmdebstrap"));
    expect(made).toMatch(
      /^mmdebstrap --variant=minbase --include=ca-certificates,curl trixie \S+\/base\.tar$/,
    );
    const { existsSync } = await import("node:fs");
    expect(existsSync(made?.split(" ").at(-1) ?? "")).toBe(false);
  });

  test("fails with the reason of both ways when neither works", async () => {
    const { io } = await machineWith({ registry: false, hasMmdebstrap: false });
    const report = await provide(["base-image"], { install: true }, { ...io, machine: notRoot(io.machine) });
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("only root can install packages"),
      commands: expect.arrayContaining(["docker pull debian:trixie-slim"]),
    });
  });

  test("a mirror is asked when one is named", async () => {
    const { io, lines } = await machineWith({ registry: false });
    const env = { ...io.env, GAUNTLET_DEBIAN_MIRROR: "http://mirror.test/debian" };
    await provide(["base-image"], { install: true }, { ...io, env });
    expect(lines.find((line) => line.startsWith("mmdebstrap"))).toMatch(
      /base\.tar http:\/\/mirror\.test\/debian$/,
    );
  });

  test("an engine that forgets what it was given is a failure", async () => {
    const { io } = await scriptedMachine({
      onPath: ["docker"],
      script: (line) => (line.startsWith("docker image inspect") ? undefined : ""),
    });
    const report = await provide(["base-image"], { install: true }, io);
    expect(report.needs[0]?.reason).toContain("although it was just made");
  });

  test("undo removes the image it made, and leaves one that was put in its place", async () => {
    const first = await machineWith({ registry: true });
    await provide(["base-image"], { install: true }, first.io);
    expect(await undo(first.io, { isDryRun: true })).toEqual({
      removed: ["image debian:trixie-slim"],
      kept: [],
    });
    expect(first.lines.some((line) => line.startsWith("docker image rm"))).toBe(false);
    expect((await undo(first.io)).removed).toEqual(["image debian:trixie-slim"]);
    expect(first.lines).toContain("docker image rm debian:trixie-slim");
    expect(await first.io.records?.list()).toEqual([]);

    const second = await machineWith({ registry: true });
    await provide(["base-image"], { install: true }, second.io);
    second.setImage(`sha256:${"b2".repeat(32)}`);
    await undo(second.io);
    expect(second.lines.some((line) => line.startsWith("docker image rm"))).toBe(false);
  });
});

function notRoot(machine: Awaited<ReturnType<typeof scriptedMachine>>["io"]["machine"]) {
  if (!machine) throw new Error("no machine");
  return { ...machine, isRoot: false };
}
