import { describe, expect, test } from "vitest";
import { waitForLock } from "#core/state";
import type { NeedCatalogue } from "./catalogue.ts";
import { DoctorError } from "./errors.ts";
import type { Finding, Need } from "./need.ts";
import { allNeeds, type NeedName, needsFor } from "./needs.ts";
import { provide } from "./provide.ts";
import { renderDoctorReport } from "./render-report.ts";
import { scriptedMachine } from "./scripted-machine.ts";
import { toolPaths } from "./tool-paths.ts";

const absent: Finding = { isPresent: false, reason: "not there" };

/** A catalogue of needs that are there, but for the given ones; installing one makes it be there. */
function needsBut(special: Partial<Record<NeedName, Partial<Need>>>) {
  const log: string[] = [];
  const made = new Set<NeedName>();
  const catalogue = Object.fromEntries(
    allNeeds.map((name) => {
      const isMissing = special[name] !== undefined;
      const need: Need = {
        name,
        after: [],
        examine: async () =>
          isMissing && !made.has(name) ? absent : { isPresent: true, version: "1.0", where: `/bin/${name}` },
        install: async () => "installed",
        commands: () => [`get ${name}`],
        ...special[name],
      };
      const install = async (context: Parameters<Need["install"]>[0]) => {
        log.push(`+${name}`);
        const state = await need.install(context);
        made.add(name);
        log.push(`-${name}`);
        return state;
      };
      return [name, { ...need, install }];
    }),
  ) as unknown as NeedCatalogue;
  return { catalogue, log };
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe("provide", () => {
  test("where all is there, nothing is changed and nobody is asked @req:A2", async () => {
    const { io, lines } = await scriptedMachine({ script: () => undefined });
    const { catalogue, log } = needsBut({});
    const confirm = () => Promise.reject(new Error("asked"));
    const report = await provide(needsFor("run"), { install: false, confirm }, io, catalogue);
    expect(report).toMatchObject({ isReady: true });
    expect(report.needs.map((need) => need.state)).toEqual(allNeeds.map(() => "present"));
    expect([log, lines]).toEqual([[], []]);
  });

  test("without leave nothing is installed; the commands are in the report", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const { catalogue, log } = needsBut({ k6: {} });
    const report = await provide(needsFor("run"), { install: false }, io, catalogue);
    expect(report.isReady).toBe(false);
    expect(report.needs.find((need) => need.need === "k6")).toMatchObject({
      state: "missing",
      commands: ["get k6"],
    });
    expect(log).toEqual([]);
  });

  test("a yes on the terminal installs, and is asked for once with all that is missing", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const { catalogue } = needsBut({ k6: {}, chromium: {} });
    const asked: string[][] = [];
    const confirm = async (missing: readonly { need: string }[]) => {
      asked.push(missing.map(({ need }) => need));
      return true;
    };
    const report = await provide(needsFor("run"), { install: false, confirm }, io, catalogue);
    expect(report.isReady).toBe(true);
    expect(asked).toEqual([["k6", "chromium"]]);
  });

  test("independent needs are installed at the same time, dependent ones after what they need", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const slowly = async () => {
      await sleep(20);
      return "installed" as const;
    };
    const { catalogue, log } = needsBut({
      engine: { install: slowly },
      "base-image": { after: ["engine"], install: slowly },
      chromium: { install: slowly },
    });
    await provide(needsFor("run"), { install: true }, io, catalogue);
    expect(log.slice(0, 2)).toEqual(["+engine", "+chromium"]);
    expect(log.indexOf("+base-image")).toBeGreaterThan(log.indexOf("-engine"));
  });

  test("a need that only follows another waits for it, and is tried though it failed", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const { catalogue, log } = needsBut({
      engine: { install: () => sleep(20).then(() => Promise.reject(new Error("no"))) },
      chromium: { follows: ["engine"] },
    });
    const report = await provide(needsFor("run"), { install: true }, io, catalogue);
    expect(log).toEqual(["+engine", "+chromium", "-chromium"]);
    expect(report.needs.map((need) => need.state).filter((state) => state !== "present")).toEqual([
      "failed",
      "installed",
    ]);
  });

  test("a need that fails is told with its reason and hint, what builds on it is not tried, the rest goes on", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const broken = () => Promise.reject(new DoctorError("disk full", { code: "X", hint: "make room" }));
    const { catalogue, log } = needsBut({
      engine: { install: broken },
      k6: { after: ["engine"] },
      chromium: {},
    });
    const report = await provide(needsFor("run"), { install: true }, io, catalogue);
    const stateOf = (name: string) => report.needs.find((need) => need.need === name);
    expect(stateOf("engine")).toMatchObject({ state: "failed", hint: "make room", commands: ["get engine"] });
    expect(stateOf("k6")).toMatchObject({
      state: "missing",
      reason: expect.stringContaining("engine could not"),
    });
    expect(stateOf("chromium")).toMatchObject({ state: "installed" });
    expect(log).not.toContain("+k6");
    expect(report.isReady).toBe(false);
  });

  test("an install that claims success but left nothing is a failure", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const { catalogue } = needsBut({ k6: { examine: async () => absent } });
    const report = await provide(["k6"], { install: true }, io, catalogue);
    expect(report).toMatchObject({ isReady: false, needs: [{ state: "failed", reason: "not there" }] });
  });

  test("a second doctor waits for the first and then finds its work done", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const { catalogue, log } = needsBut({ k6: {} });
    const both = await Promise.all([1, 2].map(() => provide(["k6"], { install: true }, io, catalogue)));
    expect(log).toEqual(["+k6", "-k6"]);
    expect(both.map((report) => report.needs[0]?.state).sort()).toEqual(["installed", "present"]);
  });

  test("an abort while waiting ends it with the signal's reason", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    await using _other = await waitForLock(io.lockPath ?? "", { purpose: "a test" });
    const messages: string[] = [];
    const controller = new AbortController();
    const running = provide(
      ["k6"],
      { install: true },
      {
        ...io,
        signal: controller.signal,
        events: (event) => {
          if (event.type !== "progress") return;
          messages.push(event.message);
          controller.abort(new Error("stop"));
        },
      },
      needsBut({ k6: {} }).catalogue,
    );
    await expect(running).rejects.toThrow("stop");
    expect(messages).toEqual([expect.stringMatching(/waiting for another doctor: a test/)]);
  });
});

describe("the report", () => {
  test("as text", async () => {
    const { io } = await scriptedMachine({ script: () => undefined, machine: { isRoot: false } });
    const { catalogue } = needsBut({ k6: {} });
    const report = await provide(["engine", "k6"], { install: false }, io, catalogue);
    const steady = { ...report, needs: report.needs.map((need) => ({ ...need, tookMs: 1234 })) };
    expect(renderDoctorReport(steady)).toMatchInlineSnapshot(`
      "need    state    version  where        time
      engine  present  1.0      /bin/engine  1.2 s
      k6      missing  -        -            1.2 s

      k6: not there
        $ get k6

      Run the commands above, or \`sudo npx gauntlet doctor --install\`, which does the same and can be undone."
    `);
  });

  test("on a distribution without apt the next step is said, not invented", async () => {
    const { io } = await scriptedMachine({
      script: () => undefined,
      machine: { distributionIds: ["fedora"], distributionName: "Fedora Linux 40" },
    });
    const report = await provide(["engine", "chromium"], { install: true }, io);
    expect(report.isReady).toBe(false);
    expect(report.needs.flatMap((need) => need.commands)).toEqual([]);
    expect(renderDoctorReport(report)).toContain("this is Fedora Linux 40");
  });

  test("gives runners their executables, the browser without a sandbox only as root", async () => {
    const { io } = await scriptedMachine({ script: () => undefined });
    const { catalogue } = needsBut({});
    const report = await provide(needsFor("run"), { install: false }, io, catalogue);
    expect(toolPaths(report)).toMatchObject({
      k6: "/bin/k6",
      chromium: { executablePath: "/bin/chromium", launchArgs: expect.arrayContaining(["--no-sandbox"]) },
    });
    const asUser = toolPaths({ ...report, machine: { ...report.machine, isRoot: false } });
    expect(asUser.chromium?.launchArgs).not.toContain("--no-sandbox");
    expect(toolPaths({ ...report, needs: [] })).toEqual({ k6: undefined, chromium: undefined });
  });
});
