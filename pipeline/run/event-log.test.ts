import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { RunEvent } from "#core/ports";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openEventLog } from "./event-log.ts";
import type { RunState } from "./run-folder.ts";
import { runStage } from "./stages.ts";

it("keeps each event with its time and hands it to who listens", async () => {
  await using folder = await temporaryFolder();
  const heard: RunEvent[] = [];
  const log = openEventLog(folder.file("events.jsonl"), [(event) => heard.push(event)]);
  log.emit({ type: "suite.started", suite: "api" });
  log.close();
  log.close();
  log.emit({ type: "warning", message: "after the end" });
  const lines = (await readFile(folder.file("events.jsonl"), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { at: expect.stringMatching(/^\d{4}-.*Z$/), type: "suite.started", suite: "api" },
  ]);
  expect(heard.map((event) => event.type)).toEqual(["suite.started", "warning"]);
});

it("goes on without the file when the disk is full, and says so once", () => {
  const heard: RunEvent[] = [];
  const log = openEventLog("/dev/full", [(event) => heard.push(event)]);
  log.emit({ type: "suite.started", suite: "api" });
  log.emit({ type: "suite.started", suite: "load" });
  log.close();
  expect(heard).toEqual([
    { type: "warning", message: expect.stringMatching(/^\/dev\/full ends here: ENOSPC/) },
    { type: "suite.started", suite: "api" },
    { type: "suite.started", suite: "load" },
  ]);
});

it("tells when a stage starts and ends and keeps its time, also when it fails", async () => {
  const events: RunEvent[] = [];
  const state = { stages: [] } as unknown as RunState;
  const record = { state, events: (event: RunEvent) => events.push(event) };
  expect(await runStage("seed", record, async () => 3)).toBe(3);
  await expect(runStage("gate", record, () => Promise.reject(new Error("no bundles")))).rejects.toThrow(
    "no bundles",
  );
  expect(events).toEqual([
    { type: "stage.started", stage: "seed" },
    { type: "stage.finished", stage: "seed", durationMs: expect.any(Number), outcome: "ok" },
    { type: "stage.started", stage: "gate" },
    { type: "stage.finished", stage: "gate", durationMs: expect.any(Number), outcome: "failed" },
  ]);
  expect(state.stages.map((stage) => stage.name)).toEqual(["seed", "gate"]);
});
