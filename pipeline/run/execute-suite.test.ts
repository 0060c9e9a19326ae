import { readFile, stat } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "#core/ports";
import { statePath, tryLock } from "#core/state";
import { readBundle } from "#reports";
import type { PlannedSuite } from "../plan/index.ts";
import { crashableService } from "../testing/crashable-service.ts";
import { fakeEnvironment, loopbackServer } from "../testing/fake-environment.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { plannedSuite, surroundings } from "../testing/try-suite.ts";
import { executeSuite } from "./execute-suite.ts";
import { RunFolder } from "./run-folder.ts";

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv("GAUNTLET_STATE_DIR", folder.file("state"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await folder[Symbol.asyncDispose]();
});

async function execute(
  suite: PlannedSuite,
  options: { environment?: ReturnType<typeof fakeEnvironment>; signal?: AbortSignal } = {},
) {
  const run = await RunFolder.create(folder.file("runs"), "pr", Date.parse("2026-01-05T13:14:15Z"));
  const events: RunEvent[] = [];
  await executeSuite(suite, {
    ...(await surroundings({ folder, ...options })),
    folder: run,
    profile: "pr",
    events: (event) => events.push(event),
  });
  await run.finish("finished", undefined);
  const work = await stat(run.file("work", suite.name)).catch(() => undefined);
  return { bundle: await readBundle(run.bundle(suite.name)), events, leftWork: work !== undefined };
}

const typesOf = (events: readonly RunEvent[]) => events.map((event) => event.type);

describe("executeSuite", () => {
  it("leaves a complete bundle and the command that repeats it @req:A3", async () => {
    await using web = await loopbackServer();
    const environment = fakeEnvironment({ web: [web.port] });
    const { bundle, events, leftWork } = await execute(plannedSuite({ runner: "smoke" }), { environment });
    expect(bundle).toMatchObject({ status: "complete", suite: "trial", runner: "smoke" });
    expect(bundle.manifest?.command).toBe("gauntlet run pr --suite trial --seed 42");
    expect(typesOf(events)).toEqual(["suite.started", "test.finished", "suite.finished"]);
    expect(events.at(-1)).toMatchObject({ passed: 1, failed: 0, broken: 0, skipped: 0 });
    expect(leftWork).toBe(false);
  });

  it("leaves a crashed bundle with the reason when the runner breaks", async () => {
    const suite = plannedSuite({ runner: "smoke", endpoints: [{ service: "api" }] });
    const { bundle, events } = await execute(suite, { environment: fakeEnvironment({ web: [1] }) });
    expect(bundle).toMatchObject({
      status: "crashed",
      reason: 'environment test01 has no service "api"; services: web',
    });
    expect(events).toContainEqual({ type: "warning", message: `suite trial: ${bundle.reason}` });
    expect(events.at(-1)).toMatchObject({ type: "suite.finished", passed: 0, failed: 0 });
  });

  const crash = { runner: "chaos" as const, crash: ["web"] };

  it("leaves a bundle that says it took too long", async () => {
    await using web = await crashableService({ service: "web", restartAfterMs: 100 });
    const environment = fakeEnvironment({ web: [web.port] }, [web.target]);
    const { bundle } = await execute(plannedSuite({ ...crash, timeoutMs: 400 }), { environment });
    expect(bundle).toMatchObject({ status: "timed-out", reason: "took longer than 0.4 s" });
  });

  it("leaves a cancelled bundle when the run is called off, before or in the middle", async () => {
    await using web = await crashableService({ service: "web", restartAfterMs: 100 });
    const environment = fakeEnvironment({ web: [web.port] }, [web.target]);
    const middle = new AbortController();
    setTimeout(() => middle.abort(new Error("interrupted: received SIGINT")), 300);
    for (const signal of [AbortSignal.abort(new Error("interrupted: received SIGINT")), middle.signal]) {
      const { bundle } = await execute(plannedSuite(crash, { phase: "measured" }), { environment, signal });
      expect(bundle).toMatchObject({ status: "cancelled", reason: "interrupted: received SIGINT" });
    }
  });

  it("waits for the machine with a measured suite, and says for whom @req:A3", async () => {
    const held = await tryLock(statePath("locks", "measuring"), { purpose: "measuring suite load" });
    const release = setTimeout(() => void held?.release(), 400);
    const { bundle, events } = await execute(plannedSuite({ runner: "smoke" }, { phase: "measured" }));
    clearTimeout(release);
    expect(typesOf(events)).toEqual(["suite.waiting", "suite.started", "suite.finished"]);
    expect(events[0]).toEqual({
      type: "suite.waiting",
      suite: "trial",
      reason: expect.stringMatching(/^measuring suite load/),
    });
    expect(bundle.status).toBe("complete");
    expect(await tryLock(statePath("locks", "measuring"))).toBeDefined();
  });
});

describe("RunFolder", () => {
  it("says how far the run is, and how it ended", async () => {
    const run = await RunFolder.create(folder.file("runs"), "pr", Date.parse("2026-01-05T13:14:15Z"));
    const stored = async () => JSON.parse(await readFile(run.file("run.json"), "utf8"));
    expect(run.id).toMatch(/^20260105-131415-[0-9a-f]{4}$/);
    expect(await stored()).toMatchObject({ state: "running", profile: "pr", owner: { pid: process.pid } });
    await run.finish("finished", "PASS");
    expect(await stored()).toMatchObject({ state: "finished", verdict: "PASS", stages: [] });
  });

  it("cannot be made where nothing can be written: exit 6 and the way out", async () => {
    await folder.write({ occupied: "" });
    await expect(RunFolder.create(folder.file("occupied"), "pr", 0)).rejects.toMatchObject({
      code: "REPORT_FOLDER",
      exitCode: 6,
      hint: expect.stringContaining("--output"),
    });
  });
});
