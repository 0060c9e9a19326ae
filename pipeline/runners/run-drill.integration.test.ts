import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, it, vi } from "vitest";
import type { SuiteOf } from "../config/index.ts";
import { type FakeEnvironment, fakeEnvironment } from "../testing/fake-environment.ts";
import { folderTarget } from "../testing/folder-target.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { linkPackages, statuses, trySuite } from "../testing/try-suite.ts";
import { runDrillSuite } from "./run-drill.ts";

// Each starts processes of its own; on a busy machine that takes a while.
vi.setConfig({ testTimeout: 60_000 });

const policy = `{ version: 1, kind: BackupPolicy, name: uploads, encryption: { key: "secret:backup_key" },
  sources: [{ name: files, engine: files, service: objects, path: /data }] }`;
const head = 'import { expect, it } from "vitest";\n';

async function drill(config: Record<string, unknown>, folder: TemporaryFolder, twin: FakeEnvironment) {
  await linkPackages(folder, "vitest");
  await mkdir(folder.file("restored"), { recursive: true });
  const secretsFile = folder.file("run-secrets.json");
  await writeFile(secretsFile, JSON.stringify({ backup_key: Buffer.alloc(32, 7).toString("base64") }));
  await chmod(secretsFile, 0o600);
  const source = fakeEnvironment({ objects: [] }, [
    folderTarget("objects", folder.file("original")),
    folderTarget("db", folder.file("original"), { POSTGRES_USER: "shop", POSTGRES_DB: "shop" }),
  ]);
  return await trySuite<SuiteOf<"drill">>(
    runDrillSuite,
    { runner: "drill", ...config },
    { folder, environment: { ...source, secretsFile }, startTwin: async () => twin },
  );
}

const twinIn = (folder: TemporaryFolder) =>
  fakeEnvironment({ objects: [] }, [folderTarget("objects", folder.file("restored"))]);

it("restores into a second environment, compares and tries it, and removes that again @req:E8", async () => {
  await using folder = await temporaryFolder({
    "package.json": '{"type":"module"}',
    "policy.yaml": policy,
    "original/a/report.txt": "all is well",
    "smoke.test.ts": `${head}it("answers", () => {});\nit("has its data", () => expect("no").toBe("yes"));`,
  });
  const twin = twinIn(folder);
  const { bundle, error } = await drill({ policy: "policy.yaml", smoke: ["smoke.test.ts"] }, folder, twin);
  expect(error).toBeUndefined();
  expect(await readFile(folder.file("restored/a/report.txt"), "utf8")).toBe("all is well");
  expect(twin.stops()).toBe(1);
  const found = statuses(bundle);
  expect(found.filter((line) => line.includes("answers"))).toEqual([expect.stringMatching(/: passed$/)]);
  expect(found.filter((line) => line.includes("has its data"))).toEqual([expect.stringMatching(/: failed/)]);
  expect(found.filter((line) => line.includes(": broken"))).toEqual([]);
  expect(bundle.tests.every((test) => test.requirements.includes("E8"))).toBe(true);
  expect(bundle.metrics.map((metric) => metric.name)).toEqual(
    expect.arrayContaining(["drill_rpo", "drill_rto"]),
  );
});

it("needs no smoke files", async () => {
  await using folder = await temporaryFolder({
    "package.json": "{}",
    "policy.yaml": policy,
    "original/a.txt": "a",
  });
  const whole = await drill({ policy: "policy.yaml" }, folder, twinIn(folder));
  expect(whole.error).toBeUndefined();
  expect(new Set(whole.bundle.tests.map((test) => test.status))).toEqual(new Set(["passed"]));
});

it("makes a policy of its own for a database, and breaks when that cannot be dumped", async () => {
  await using folder = await temporaryFolder({ "package.json": "{}", "original/a.txt": "a" });
  const twin = twinIn(folder);
  const { bundle, error } = await drill({ databases: ["db"] }, folder, twin);
  expect(error).toMatchObject({ message: expect.stringContaining("db") });
  expect(bundle.tests.filter((test) => test.status === "passed")).toEqual([]);
  expect(twin.stops()).toBe(0);
});
