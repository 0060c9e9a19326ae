import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { examine, needsFor, provide, toolPaths } from "./index.ts";
import { openInstallRecords } from "./install-records.ts";

test("this machine is ready for the tests, is examined in under two seconds, and is not changed by it @req:A2", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-doctor-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const io = {
    records: openInstallRecords(join(folder, "doctor.json")),
    lockPath: join(folder, "doctor.lock"),
  };

  const report = await examine(needsFor("test"), io);
  expect(report.needs.filter((need) => need.state !== "present")).toEqual([]);

  // The best of three: other tests may share the machine.
  const again = [];
  for (let i = 0; i < 3; i++) again.push(await provide(needsFor("test"), { install: true }, io));
  expect(again.map((each) => each.isReady)).toEqual([true, true, true]);
  expect(Math.min(...again.map((each) => each.tookMs))).toBeLessThan(2_000);
  expect(await io.records.list()).toEqual([]);

  const { chromium } = toolPaths(report);
  expect((await stat(chromium?.executablePath ?? "")).isFile()).toBe(true);
});

test("an engine address where nothing listens is missing, with the address named", async () => {
  const env = { ...process.env, DOCKER_HOST: "unix:///nowhere/docker.sock" };
  const [engine] = (await examine(["engine"], { env })).needs;
  expect(engine).toMatchObject({
    state: "missing",
    reason: expect.stringContaining("unix:///nowhere/docker.sock does not answer"),
    commands: [],
  });
});
