import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "@playwright/test";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBundle, type RunReport, readBundle, writeAllureReport } from "../index.ts";
import { exampleRun } from "../writers/example-run.ts";
import { writeAllureResults } from "./allure-results.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gauntlet-allure-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const repository = resolve(import.meta.dirname, "../..");

/** A project that has Allure installed, but a history of its own. */
async function project(): Promise<string> {
  const folder = join(root, "project");
  await mkdir(folder);
  await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
  return folder;
}

async function resultsIn(folder: string): Promise<Record<string, unknown>[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith("-result.json")).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8"))));
}

describe("Allure results @req:A9", () => {
  it("are written for suites without an Allure reporter, and for rules; twice is once", async () => {
    await writeAllureResults(root, exampleRun());
    const first = await resultsIn(root);
    await writeAllureResults(root, exampleRun());
    expect(await resultsIn(root)).toEqual(first);
    const table = first.map(({ fullName, status }) => `${status} ${fullName}`).sort();
    expect(table).toMatchSnapshot();
    const retried = first.filter(({ name }) => name === "now and then");
    expect(new Set(retried.map(({ historyId }) => historyId)).size).toBe(1);
  });

  it("of Playwright's own reporter are kept as they are", async () => {
    const run = exampleRun();
    const playwright: RunReport = {
      ...run,
      bundles: run.bundles.map((bundle) => ({ ...bundle, runner: "playwright" })),
    };
    await writeAllureResults(root, playwright);
    expect((await resultsIn(root)).length).toBe(7 + 5);
    const own = join(root, "own");
    await mkdir(own);
    await writeFile(
      join(own, "x-result.json"),
      '{"uuid":"x","labels":[{"name":"framework","value":"playwright"}]}',
    );
    await writeAllureResults(own, playwright);
    expect((await resultsIn(own)).length).toBe(1 + 5);
    expect(await readFile(join(own, "x-result.json"), "utf8")).toContain('"uuid":"x"');
  });

  it("bring attachments along", async () => {
    await using writer = await openBundle(join(root, "bundle"), { suite: "api", runner: "vitest" });
    const { bundles: _, ...rest } = exampleRun();
    await writer.test({
      file: "a.test.ts",
      title: ["t"],
      attempt: 1,
      status: "passed",
      startedAt: "2026-01-01T00:00:00.000Z",
      durationMs: 1,
      attach: [{ name: "answer.json", source: "{}" }],
    });
    await writer.finish({ status: "complete" });
    const bundle = await readBundle(join(root, "bundle"));
    await writeAllureResults(join(root, "results"), { ...rest, bundles: [bundle] });
    const [result] = (await resultsIn(join(root, "results"))).filter(({ name }) => name === "t");
    const [attachment] = (result?.["attachments"] ?? []) as { source: string; type: string }[];
    expect(attachment?.type).toBe("application/json");
    expect(await readFile(join(root, "results", attachment?.source ?? ""), "utf8")).toBe("{}");
  });
});

describe("the Allure report @req:A9", () => {
  it("is made by Allure itself, opens from disk without network, and keeps a history", {
    timeout: 120_000,
  }, async () => {
    const projectFolder = await project();
    const folder = join(root, "run");
    await writeAllureReport(join(root, "run-before"), exampleRun(), { projectFolder });
    const page = await writeAllureReport(folder, exampleRun(), { projectFolder });
    expect(page).toBe(join(folder, "allure-report/index.html"));
    expect(await readdir(folder)).toEqual(["allure-report", "allure-results"]);
    const history = await readFile(join(projectFolder, ".gauntlet/history/allure.jsonl"), "utf8");
    expect(history.trimEnd().split("\n")).toHaveLength(2);
    expect(await readdir(join(projectFolder, ".gauntlet/history"))).toEqual(["allure.jsonl"]);
    expect(await readFile(page, "utf8")).not.toContain("googletagmanager");

    const executablePath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
    const browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
    });
    try {
      const context = await browser.newContext({ offline: true });
      const tab = await context.newPage();
      const errors: string[] = [];
      tab.on("pageerror", (error) => errors.push(error.message));
      await tab.goto(pathToFileURL(page).href);
      await tab.getByText("works").first().waitFor({ timeout: 30_000 });
      const text = await tab.locator("body").textContent();
      expect(text).toContain("observastack pr: FAIL");
      expect(text).toContain("refuses");
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("keeps fifty runs of history, not one more", { timeout: 60_000 }, async () => {
    const projectFolder = await project();
    const history = join(projectFolder, ".gauntlet/history/allure.jsonl");
    await mkdir(join(projectFolder, ".gauntlet/history"), { recursive: true });
    const line = (n: number) =>
      JSON.stringify({
        uuid: `${n}`,
        name: "x",
        timestamp: n,
        knownTestCaseIds: [],
        testResults: {},
        metrics: {},
      });
    await writeFile(history, `${Array.from({ length: 60 }, (_, n) => line(n)).join("\n")}\n`);
    await writeAllureReport(join(root, "run"), exampleRun(), { projectFolder });
    const kept = (await readFile(history, "utf8")).trimEnd().split("\n");
    expect(kept).toHaveLength(50);
    expect(kept.at(-1)).toContain("refuses");
  });

  it("that cannot be made leaves the history as it was and is a reporting failure", {
    timeout: 60_000,
  }, async () => {
    const projectFolder = await project();
    await expect(
      writeAllureReport(join(root, "run"), exampleRun(), { projectFolder, timeoutMs: 20 }),
    ).rejects.toMatchObject({ code: "ALLURE_FAILED", exitCode: 6 });
    expect(await readdir(join(projectFolder, ".gauntlet/history"))).toEqual([]);
    expect(await readdir(join(root, "run"))).toEqual(["allure-results"]);
    await writeFile(join(root, "file"), "");
    await expect(
      writeAllureReport(join(root, "file"), exampleRun(), { projectFolder }),
    ).rejects.toMatchObject({
      code: "REPORT_UNWRITABLE",
      exitCode: 6,
    });
  });
});
