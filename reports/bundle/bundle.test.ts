import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BundleWriter, openBundle, readBundle } from "../index.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gauntlet-bundle-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const passed = {
  file: "login.spec.ts",
  title: ["login", "works @req:G3"],
  attempt: 1,
  status: "passed",
  startedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 12,
} as const;

async function written(fill?: (writer: BundleWriter) => Promise<unknown>): Promise<string> {
  const folder = join(root, "e2e");
  await using writer = await openBundle(folder, { suite: "e2e", runner: "playwright" });
  await writer.test(passed);
  await writer.metric({ name: "search", unit: "ms", labels: {}, kind: "distribution", samples: [1, 2] });
  await fill?.(writer);
  await writer.finish({ status: "complete", command: "gauntlet run pr --suite e2e" });
  return folder;
}

describe("a bundle @req:A9", () => {
  it("reads as it was written, with what can be worked out filled in", async () => {
    const folder = await written(async (writer) => {
      const shot = await writer.attach("../page 1.png", Buffer.from([1, 2, 3]));
      await writer.test({ ...passed, title: ["b"], status: "failed", attachments: [shot] });
    });
    const bundle = await readBundle(folder);
    expect(bundle.status).toBe("complete");
    expect(bundle.tests[0]).toMatchObject({ v: 1, suite: "e2e", requirements: ["G3"], attachments: [] });
    expect(bundle.tests[1]?.attachments[0]?.path).toBe("attachments/039058c6f2c0-page-1.png");
    expect(bundle.metrics).toHaveLength(1);
    expect(bundle.manifest?.counts).toEqual({
      tests: 2,
      passed: 1,
      failed: 1,
      broken: 0,
      skipped: 0,
      flaky: 0,
      attempts: 2,
      metrics: 1,
    });
    expect(bundle.manifest?.files.map((file) => file.name)).toEqual([
      "tests.jsonl",
      "metrics.jsonl",
      "attachments/039058c6f2c0-page-1.png",
    ]);
  });

  it("keeps lines whole when many write at once", async () => {
    const folder = await written((writer) =>
      Promise.all(Array.from({ length: 200 }, (_, n) => writer.test({ ...passed, title: [`t${n}`] }))),
    );
    expect((await readBundle(folder)).tests).toHaveLength(201);
  });

  it("refuses to overwrite evidence, to finish twice and to take a record no reader would accept", async () => {
    const folder = await written(async (writer) => {
      await expect(writer.test({ ...passed, durationMs: Number.NaN })).rejects.toMatchObject({
        code: "INVALID_RECORD",
      });
      await expect(writer.test({ ...passed, suite: "api" })).rejects.toThrow(/suite api/);
    });
    await expect(openBundle(folder, { suite: "e2e", runner: "x" })).rejects.toMatchObject({
      code: "BUNDLE_EXISTS",
      exitCode: 6,
    });
    await using writer = await openBundle(join(root, "b"), { suite: "b", runner: "x" });
    expect(await writer.finish({ status: "crashed", reason: "" })).toMatchObject({
      reason: "no reason was given",
    });
    await expect(writer.finish({ status: "complete" })).rejects.toThrow(/already finished/);
  });

  it("holds findings as SARIF, verified like the rest", async () => {
    const folder = await written(async (writer) => {
      await writer.findings({ name: "headers" }, [{ ruleId: "csp", level: "warning", message: "no CSP" }]);
      await expect(writer.findings({ name: "headers" }, [])).rejects.toThrow(/already written/);
    });
    expect((await readBundle(folder)).status).toBe("complete");
    expect(JSON.parse(await readFile(join(folder, "findings.sarif"), "utf8")).runs[0].results).toHaveLength(
      1,
    );
    await writeFile(join(folder, "findings.sarif"), "{}");
    expect((await readBundle(folder)).reason).toMatch(/findings.sarif is not what was written/);
  });

  it("leaves nothing of itself where only a part could be made", async () => {
    await mkdir(join(root, "half"));
    await writeFile(join(root, "half", "metrics.jsonl"), "");
    await expect(openBundle(join(root, "half"), { suite: "x", runner: "x" })).rejects.toMatchObject({
      code: "BUNDLE_EXISTS",
    });
    expect(await readdir(join(root, "half"))).toEqual(["metrics.jsonl"]);
  });

  it("throws what stands in the way of an attachment, unless it is merely not there", async () => {
    await written(async (writer) => {
      const attach = (path: string) =>
        writer.test({ ...passed, title: [path], attach: [{ name: "x", source: { path } }] });
      expect((await attach(join(root, "gone"))).attachments).toEqual([]);
      await expect(attach(root)).rejects.toMatchObject({ code: "EISDIR" });
    });
  });

  it("says so when the folder cannot be made", async () => {
    await writeFile(join(root, "file"), "");
    await expect(openBundle(join(root, "file", "e2e"), { suite: "e2e", runner: "x" })).rejects.toMatchObject({
      code: "REPORT_UNWRITABLE",
      exitCode: 6,
      hint: expect.stringContaining("a part of the path is a file"),
    });
  });

  it("does not follow a link out of its folder", async () => {
    await mkdir(join(root, "elsewhere"));
    await mkdir(join(root, "e2e"));
    await symlink(join(root, "elsewhere"), join(root, "e2e", "attachments"));
    await using writer = await openBundle(join(root, "e2e"), { suite: "e2e", runner: "x" });
    await expect(writer.attach("a.txt", "x")).rejects.toMatchObject({ code: "OUTSIDE_REPORT_FOLDER" });
    expect(await readdir(join(root, "elsewhere"))).toEqual([]);
  });
});

describe("a damaged bundle is unreadable, with the reason @req:A5", () => {
  const damage: Record<string, [(folder: string) => Promise<unknown>, RegExp]> = {
    "no folder": [(folder) => rm(folder, { recursive: true }), /manifest.json is missing/],
    "no manifest": [(folder) => rm(join(folder, "manifest.json")), /manifest.json is missing/],
    "empty manifest": [(folder) => truncate(join(folder, "manifest.json")), /manifest.json: not a record/],
    "torn line": [(folder) => truncate(join(folder, "tests.jsonl"), 40), /tests.jsonl is torn/],
    "cut at a line's end": [
      (folder) => truncate(join(folder, "tests.jsonl")),
      /tests.jsonl is not what was written/,
    ],
    "an added line": [
      async (folder) => appendFile(join(folder, "tests.jsonl"), await readFile(join(folder, "tests.jsonl"))),
      /tests.jsonl is not what was written/,
    ],
    "no metrics": [(folder) => rm(join(folder, "metrics.jsonl")), /metrics.jsonl is missing/],
    "a folder for a file": [
      async (folder) => {
        await rm(join(folder, "metrics.jsonl"));
        await mkdir(join(folder, "metrics.jsonl"));
      },
      /metrics.jsonl cannot be read \(EISDIR\)/,
    ],
    "another version": [(folder) => edit(folder, (manifest) => ({ ...manifest, v: 2 })), /manifest.json: v/],
    "counts that flatter": [
      (folder) =>
        edit(folder, (manifest) => ({
          ...manifest,
          counts: { ...(manifest["counts"] as object), passed: 9 },
        })),
      /counts other results/,
    ],
    "a manifest that lists nothing": [
      (folder) => edit(folder, (manifest) => ({ ...manifest, files: [] })),
      /does not list tests.jsonl/,
    ],
    "a listed file outside": [
      (folder) =>
        edit(folder, (manifest) => ({
          ...manifest,
          files: [{ name: "../x", sha256: "0".repeat(64), bytes: 1 }],
        })),
      /stays inside the bundle/,
    ],
    "a lost attachment": [
      (folder) => rm(join(folder, "attachments"), { recursive: true }),
      /is listed but missing/,
    ],
    "another suite's manifest": [
      (folder) => edit(folder, (manifest) => ({ ...manifest, suite: "api" })),
      /tests of another suite/,
    ],
  };

  it.each(Object.entries(damage))("%s", async (_name, [spoil, reason]) => {
    const folder = await written((writer) => writer.attach("a.txt", "text"));
    expect((await readBundle(folder)).status).toBe("complete");
    await spoil(folder);
    const bundle = await readBundle(folder);
    expect(bundle.status).toBe("unreadable");
    expect(bundle.reason).toMatch(reason);
    expect(bundle.reason).not.toContain(root);
  });

  it("a writer that died leaves one, yet what it saw can be read", async () => {
    const folder = join(root, "died");
    const writer = await openBundle(folder, { suite: "e2e", runner: "x" });
    await writer.test(passed);
    await writer[Symbol.asyncDispose]();
    expect(await readBundle(folder)).toMatchObject({
      status: "unreadable",
      suite: "e2e",
      tests: [{ status: "passed" }],
    });
  });

  it("a copy elsewhere is not damaged", async () => {
    const folder = await written();
    await cp(folder, join(root, "copy"), { recursive: true });
    expect((await readBundle(join(root, "copy"))).status).toBe("complete");
  });
});

async function edit(folder: string, change: (manifest: Record<string, unknown>) => unknown): Promise<void> {
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  await writeFile(path, JSON.stringify(change(manifest)));
}
