import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RunEvent, TargetPool } from "#core/ports";
import { runDrill } from "./drill.ts";
import { judgeDrill } from "./drill-result.ts";
import { createBackupKey } from "./envelope/key.ts";
import { type BackupPolicy, parseBackupPolicy } from "./policy.ts";
import { openFolderRepository } from "./repository/folder-repository.ts";
import { listRecoveryPoints, readManifest } from "./restore-recovery-point.ts";
import { localPool } from "./testing/local-target.ts";

const key = createBackupKey();
let root: string;
let disposals: number;

beforeEach(async () => {
  disposals = 0;
  root = await mkdtemp(join(tmpdir(), "gauntlet-drill-"));
  await mkdir(join(root, "source"));
  await mkdir(join(root, "target"));
  await writeFile(join(root, "source/a.txt"), "a");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const policy = (objectives = "{}"): BackupPolicy =>
  parseBackupPolicy({
    file: "policy.yaml",
    text: `{ version: 1, kind: BackupPolicy, name: nightly, encryption: { key: "secret:k" }, objectives: ${objectives},
      sources: [{ name: uploads, engine: files, service: store, path: /data }] }`,
  });

function options(targetFolder = "target") {
  const events: RunEvent[] = [];
  return {
    policy: policy("{ rpoMs: 60000, rtoMs: 60000 }"),
    source: localPool("store", join(root, "source")),
    provideTarget: async (): Promise<TargetPool & AsyncDisposable> => ({
      ...localPool("store", join(root, targetFolder)),
      async [Symbol.asyncDispose]() {
        disposals++;
      },
    }),
    folder: join(root, "repository"),
    key,
    events: (event: RunEvent) => events.push(event),
  };
}

it("backs up, restores elsewhere, compares, checks, and measures each step @req:E9", async () => {
  const seen: string[][] = [];
  const result = await runDrill({
    ...options(),
    async afterRestore(target) {
      seen.push([...target.services], await readdir(join(root, "target")));
      return [{ name: "smoke", verdict: "PASS", message: "3 tests passed" }];
    },
  });
  expect(result).toMatchObject({ v: 1, verdict: "PASS", policy: "nightly" });
  expect(result.parts.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
    "digest uploads PASS",
    "check smoke PASS",
    "rpo PASS",
    "rto PASS",
  ]);
  expect(result.steps.map(({ name }) => name)).toEqual(["backup", "provide", "restore", "check"]);
  expect(result.sources[0]).toMatchObject({ name: "uploads", engine: "files", equal: 2, differences: [] });
  expect(result.rtoMs).toBe(result.steps.slice(1).reduce((sum, { durationMs }) => sum + durationMs, 0));
  expect(seen).toEqual([["store"], ["a.txt"]]);
  expect(disposals).toBe(1);
  expect(
    await listRecoveryPoints({ repository: await openFolderRepository(join(root, "repository")) }),
  ).toEqual([result.recoveryPoint]);
});

it("fails on a failed check and on missed objectives @req:E9", async () => {
  const result = await runDrill({
    ...options(),
    policy: policy("{ rtoMs: 0.001 }"),
    afterRestore: async () => [{ name: "smoke", verdict: "FAIL", message: "download of a.txt: 404" }],
  });
  expect(result.verdict).toBe("FAIL");
  expect(result.parts.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
    "digest uploads PASS",
    "check smoke FAIL",
    "rto FAIL",
  ]);
});

it("never restores over its own source, and removes the target all the same @req:E9", async () => {
  await expect(runDrill(options("source"))).rejects.toMatchObject({ code: "DRILL_TARGET_IS_SOURCE" });
  expect(await readdir(join(root, "source"))).toEqual(["a.txt"]);
  expect(disposals).toBe(1);
  const stranger = { ...options(), source: localPool("other", join(root, "source")) };
  await expect(runDrill(stranger)).rejects.toMatchObject({ code: "NO_SUCH_SERVICE" });
});

it("removes the target when a check crashes or the drill is aborted @req:E9", async () => {
  const crash = async () => Promise.reject(new Error("suite crashed"));
  await expect(runDrill({ ...options(), afterRestore: crash })).rejects.toThrow("suite crashed");
  const abort = new AbortController();
  const aborting = {
    ...options(),
    signal: abort.signal,
    afterRestore: async () => {
      abort.abort(new Error("interrupted"));
      abort.signal.throwIfAborted();
      return [];
    },
  };
  await expect(runDrill(aborting)).rejects.toThrow("interrupted");
  expect(disposals).toBe(2);
  await expect(runDrill({ ...options(), signal: abort.signal })).rejects.toThrow("interrupted");
  expect(disposals).toBe(2);
});

it("names what differs, warns of what was not compared, and passes nothing that was not restored @req:E9", async () => {
  const { recoveryPoint, steps } = await runDrill(options());
  const repository = await openFolderRepository(join(root, "repository"));
  const manifest = await readManifest(recoveryPoint, { repository, key });
  const judge = (comparison?: {
    equal: number;
    differences: { name: string; kind: "missing" }[];
    unsettled: string[];
  }) => {
    const timing = { verifyMs: 1, restoreMs: 1, digestMs: 1 };
    const sources = comparison ? [{ name: "uploads", comparison, ...timing }] : [];
    const restored = { recoveryPoint, sources, isProven: false };
    return judgeDrill({ policy: policy(), manifest, steps, restored, checks: [], rpoMs: 1, rtoMs: 1 })
      .parts[0];
  };
  const missing = Array.from({ length: 7 }, (_, index) => ({
    name: `file ${index}`,
    kind: "missing" as const,
  }));
  expect(judge({ equal: 3, differences: missing, unsettled: [] })).toEqual({
    rule: "digest uploads",
    verdict: "FAIL",
    message:
      "7 of 10 entries differ: missing file 0, missing file 1, missing file 2, missing file 3, missing file 4 and 2 more",
  });
  expect(judge({ equal: 3, differences: missing.slice(0, 1), unsettled: [] })?.message).toBe(
    "1 of 4 entries differ: missing file 0",
  );
  expect(judge({ equal: 3, differences: [], unsettled: ["state app.ids"] })?.verdict).toBe("WARN");
  expect(judge({ equal: 0, differences: [], unsettled: [] })?.verdict).toBe("INCONCLUSIVE");
  expect(judge()?.verdict).toBe("INCONCLUSIVE");
});
