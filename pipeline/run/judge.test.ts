import { cp, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import type { BundleFixture } from "../gate/fixtures.ts";
import { writeFixture } from "../gate/fixtures.ts";
import { planRun } from "../plan/index.ts";
import { checkedConfig } from "../testing/small-config.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { judge, judgeRuns } from "./judge.ts";

const config = checkedConfig({
  suites: { smoke: { runner: "smoke" }, load: { runner: "k6", urls: [{ service: "web" }] } },
  gates: {
    rules: [{ kind: "threshold", suite: "load", metric: "latency", stat: "p95", limit: "<500" }],
  },
});

const passing: Record<string, BundleFixture> = {
  smoke: { suite: "smoke", runner: "smoke", tests: [{ title: ["web", "answers"] }] },
  load: {
    suite: "load",
    runner: "k6",
    tests: [{ title: ["checks", "ok"] }],
    metrics: [
      { name: "latency", unit: "ms", labels: {}, kind: "distribution", samples: [120, 130.123456789] },
    ],
  },
};

/** A run folder as a run leaves it before the gate. */
async function runFolder(
  folder: TemporaryFolder,
  name: string,
  options: { seed?: number; shard?: { index: number; count: number }; bundles?: string[] } = {},
): Promise<string> {
  const { seed = 42, shard = { index: 1, count: 1 }, bundles = ["smoke", "load"] } = options;
  const plan = planRun(config, { profile: "pr", seed, shard });
  await folder.write({
    [`${name}/plan.json`]: JSON.stringify(plan),
    [`${name}/baselines.json`]: "[]",
    [`${name}/conditions.json`]: "[]",
  });
  for (const bundle of bundles)
    await writeFixture(folder.file(name, "bundles", bundle), passing[bundle] as BundleFixture);
  return folder.file(name);
}

it("keeps the verdict in the folder, and a copy elsewhere gives the same bytes @req:A5", async () => {
  await using folder = await temporaryFolder();
  const run = await runFolder(folder, "runs/one");
  const judged = await judge(run, []);
  expect(judged.document).toMatchObject({ verdict: "PASS" });
  expect(judged.text).toContain("PASS");
  expect(await readFile(`${run}/verdict.json`, "utf8")).toBe(judged.bytes);
  await cp(run, folder.file("moved/far/away"), { recursive: true });
  const again = await judgeRuns([folder.file("moved/far/away")]);
  expect(again.bytes).toBe(judged.bytes);
  expect(judged.bytes).not.toContain(folder.path);
});

it("lets what happened to the run itself bear on the verdict, there and later", async () => {
  await using folder = await temporaryFolder();
  const run = await runFolder(folder, "one");
  const condition = { kind: "cleanup-failed" as const, sentence: "volume data: still in use" };
  const judged = await judge(run, [condition]);
  expect(judged.document.verdict).toBe("INCONCLUSIVE");
  expect((await judgeRuns([run])).bytes).toBe(judged.bytes);
});

it("is inconclusive when a planned suite left nothing @req:A5", async () => {
  await using folder = await temporaryFolder();
  const { document } = await judgeRuns([await runFolder(folder, "one", { bundles: ["smoke"] })]);
  expect(document.verdict).toBe("INCONCLUSIVE");
  expect(document.suites.find(({ suite }) => suite === "load")?.status).toBe("missing");
});

it("judges a shard by its own suites and merges all of them, in any order, to one verdict", async () => {
  await using folder = await temporaryFolder();
  const first = await runFolder(folder, "a", { shard: { index: 1, count: 2 }, bundles: ["smoke"] });
  const second = await runFolder(folder, "b", { shard: { index: 2, count: 2 }, bundles: ["load"] });
  const alone = await judgeRuns([first]);
  expect(alone.document.verdict).toBe("PASS");
  expect(alone.document.suites.map(({ suite }) => suite)).toEqual(["smoke"]);
  const merged = await judgeRuns([first, second]);
  expect(merged.document.verdict).toBe("PASS");
  expect(merged.document.suites.map(({ suite }) => suite).toSorted()).toEqual(["load", "smoke"]);
  expect((await judgeRuns([second, first])).bytes).toBe(merged.bytes);
  expect((await judgeRuns([first, first])).document.verdict).toBe("INCONCLUSIVE");
});

it("refuses to mix runs of different plans", async () => {
  await using folder = await temporaryFolder();
  const first = await runFolder(folder, "a", { shard: { index: 1, count: 2 }, bundles: ["smoke"] });
  const second = await runFolder(folder, "b", {
    seed: 43,
    shard: { index: 2, count: 2 },
    bundles: ["load"],
  });
  await expect(judgeRuns([first, second])).rejects.toMatchObject({ code: "PLANS_DIFFER", exitCode: 2 });
});

it.each([
  ["nothing at all", {}],
  ["a torn plan", { "run/plan.json": '{"v":1,' }],
  [
    "a run that was never judged",
    { "run/plan.json": JSON.stringify(planRun(config, { profile: "pr" })), "run/baselines.json": "[]" },
  ],
])("takes %s for no run", async (_, files) => {
  await using folder = await temporaryFolder(files as Record<string, string>);
  await expect(judgeRuns([folder.file("run")])).rejects.toMatchObject({ code: "NOT_A_RUN", exitCode: 2 });
});

it("takes a plan of something else for no run", async () => {
  await using folder = await temporaryFolder({ "run/plan.json": '{"v":1}' });
  await expect(judgeRuns([folder.file("run")])).rejects.toMatchObject({ code: "NOT_A_RUN", exitCode: 2 });
});

it("says what to give when no run is named", async () => {
  await expect(judgeRuns([])).rejects.toMatchObject({
    code: "NO_RUN",
    hint: expect.stringContaining("--run"),
  });
});
