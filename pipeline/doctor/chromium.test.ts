import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { packagesIn } from "./chromium.ts";
import { examine } from "./examine.ts";
import { provide } from "./provide.ts";
import { scriptedMachine } from "./scripted-machine.ts";

const answersVersion = (line: string) =>
  line.endsWith("--version") ? "Chromium 156.0.8078.79 built on Debian\n" : "";

describe("chromium", () => {
  test("the one on PATH is found with its version", async () => {
    const { io, folder } = await scriptedMachine({ onPath: ["chromium"], script: answersVersion });
    const [need] = (await examine(["chromium"], io)).needs;
    expect(need).toMatchObject({
      state: "present",
      version: "156.0.8078.79",
      where: `${folder}/bin/chromium`,
    });
  });

  test("a command that does not start is no browser", async () => {
    const { io } = await scriptedMachine({ onPath: ["chromium-browser"], script: () => undefined });
    expect((await examine(["chromium"], io)).needs[0]).toMatchObject({
      state: "missing",
      commands: [expect.stringContaining("apt-get install -y chromium")],
    });
  });

  test("GAUNTLET_CHROMIUM comes first, and a wrong one is an error that nothing is installed over", async () => {
    const { io, lines } = await scriptedMachine({
      onPath: ["chromium"],
      env: { GAUNTLET_CHROMIUM: "/opt/none/chrome" },
      script: answersVersion,
    });
    const report = await provide(["chromium"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: "GAUNTLET_CHROMIUM names /opt/none/chrome, which does not start",
    });
    expect(lines).toEqual([]);
  });

  test("Debian's package is installed with apt", async () => {
    const machine = await scriptedMachine({
      script: async (line) => {
        if (line.includes("--simulate"))
          return "Inst chromium-common (1)\nInst chromium (1)\nInst libc6 [2.36] (2.37)\n";
        if (line.startsWith("apt-get install")) await machine.addToPath("chromium");
        return answersVersion(line);
      },
    });
    const report = await provide(["chromium"], { install: true }, machine.io);
    expect(report.needs[0]).toMatchObject({ state: "installed", done: [{ what: "installing Chromium" }] });
    // libc6 was only upgraded, so it is not ours to remove.
    expect(await machine.io.records?.list()).toEqual([
      { kind: "packages", names: ["chromium-common", "chromium"], requested: ["chromium"] },
    ]);
  });

  test("Ubuntu's package is a snap, so Playwright's own browser is taken there", async () => {
    const { io, lines } = await scriptedMachine({
      machine: { distributionIds: ["ubuntu", "debian"] },
      script: (line) => (line.includes("--dry-run") ? "Missing system dependencies (1):\n  libnss3\n" : ""),
    });
    await provide(["chromium"], { install: true }, io);
    expect(lines).toContain("npx playwright install chromium");
    expect(lines.some((line) => /^apt-get install .* libnss3$/.test(line))).toBe(true);
    expect(lines.some((line) => / chromium-browser$/.test(line))).toBe(false);
  });

  test("Playwright's own is taken before the one on PATH, when it has one", async () => {
    const machine = await scriptedMachine({ onPath: ["chromium"], script: answersVersion });
    const { chromium } = await import("@playwright/test");
    vi.spyOn(chromium, "executablePath").mockReturnValue(join(machine.folder, "bin/own-chrome"));
    onTestFinished(() => void vi.restoreAllMocks());
    await mkdir(join(machine.folder, ".cache/ms-playwright"), { recursive: true });
    expect((await examine(["chromium"], machine.io)).needs[0]?.where).toMatch(/bin\/chromium$/);
    await machine.addToPath("own-chrome");
    expect((await examine(["chromium"], machine.io)).needs[0]?.where).toMatch(/bin\/own-chrome$/);
  });

  test("GAUNTLET_CHROMIUM that starts is used as it is", async () => {
    const machine = await scriptedMachine({ onPath: ["odd-name"], script: answersVersion });
    const env = { PATH: "", GAUNTLET_CHROMIUM: join(machine.folder, "bin/odd-name") };
    expect((await examine(["chromium"], { ...machine.io, env })).needs[0]).toMatchObject({
      state: "present",
      where: env.GAUNTLET_CHROMIUM,
    });
  });

  test("without root the browser is not installed and the reason is said", async () => {
    const { io } = await scriptedMachine({
      machine: { isRoot: false, userName: "ada" },
      script: () => undefined,
    });
    const report = await provide(["chromium"], { install: true }, io);
    expect(report.needs[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("only root can install packages, you are ada"),
    });
  });

  test("what Playwright lacks is read from its dry run", () => {
    expect(packagesIn("Missing system dependencies (2):\n  libnss3\n  libglib2.0-0\nDone.\n")).toEqual([
      "libnss3",
      "libglib2.0-0",
    ]);
  });
});
