import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeFileAtomic } from "#core/state";
import { RunFolder } from "./run-folder.ts";
import { settleLostRuns } from "./settle-lost-runs.ts";

it("settles runs whose process is gone and leaves live and finished ones alone @req:A3", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-runs-"));
  try {
    const live = await RunFolder.create(folder, "pr", Date.now());
    const finished = await RunFolder.create(folder, "pr", Date.now());
    await finished.finish("finished", "PASS");
    const gone = await RunFolder.create(folder, "pr", Date.now());
    await gone.finish("failed", undefined);
    const killed = { ...gone.state, state: "running", owner: { pid: 999_999, startTicks: 1 } };
    await writeFileAtomic(gone.file("run.json"), JSON.stringify(killed));
    await writeFileAtomic(join(folder, "torn", "run.json"), "{");

    expect(await settleLostRuns(folder)).toEqual([gone.id]);
    expect(JSON.parse(await readFile(gone.file("run.json"), "utf8"))).toMatchObject({ state: "lost" });
    expect(await settleLostRuns(folder)).toEqual([]);
    expect(JSON.parse(await readFile(live.file("run.json"), "utf8"))).toMatchObject({ state: "running" });
    await live.finish("failed", undefined);
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(await settleLostRuns(folder)).toEqual([]);
});
