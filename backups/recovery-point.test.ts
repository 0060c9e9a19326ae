import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock";
import type { RunEvent, Target } from "#core/ports";
import { type BackupContext, createRecoveryPoint } from "./create-recovery-point.ts";
import { createBackupKey } from "./envelope/key.ts";
import { parseBackupPolicy } from "./policy.ts";
import { openFolderRepository } from "./repository/folder-repository.ts";
import { listRecoveryPoints, readManifest, restoreRecoveryPoint } from "./restore-recovery-point.ts";
import { localPool } from "./testing/local-target.ts";

const key = createBackupKey();
const policy = parseBackupPolicy({
  file: "policy.yaml",
  text: `{ version: 1, kind: BackupPolicy, name: nightly, encryption: { key: "secret:k" },
    sources: [{ name: uploads, engine: files, service: store, path: /data }] }`,
});

let root: string;
let folder: string;
let context: BackupContext;
const events: RunEvent[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gauntlet-point-"));
  await mkdir(join(root, "source/sub"), { recursive: true });
  await mkdir(join(root, "target"));
  await writeFile(join(root, "source/secret-name.txt"), "canary-content ".repeat(10_000));
  await writeFile(join(root, "source/sub/b.txt"), "b");
  folder = join(root, "repository");
  context = {
    targets: localPool("store", join(root, "source")),
    repository: await openFolderRepository(folder),
    key,
    clock: systemClock,
    events: (event) => events.push(event),
  };
});
afterEach(() => rm(root, { recursive: true, force: true }));

const target = () => ({ ...context, targets: localPool("store", join(root, "target")) });

describe("a recovery point", () => {
  it("restores what it was made of, from folder and key alone @req:E1 @req:E8", async () => {
    const manifest = await createRecoveryPoint(policy, context);
    await rm(join(root, "source"), { recursive: true });
    await writeFile(join(root, "target/old.txt"), "old");
    const repository = await openFolderRepository(folder);
    expect(await listRecoveryPoints({ repository })).toEqual([manifest.id]);
    const restored = await restoreRecoveryPoint(manifest.id, { ...target(), repository });
    expect(restored).toMatchObject({
      isProven: true,
      sources: [{ name: "uploads", comparison: { equal: 4, differences: [] } }],
    });
    expect(await readFile(join(root, "target/sub/b.txt"), "utf8")).toBe("b");
    expect((await readdir(join(root, "target"))).sort()).toEqual(["secret-name.txt", "sub"]);
    expect(manifest.sources[0]?.toolVersions["tar"]).toMatch(/^tar \(GNU tar\)/);
    expect(events.map((event) => (event.type === "progress" ? event.stage : event.type))).toEqual([
      "backup",
      "restore",
    ]);
  });

  it("shows neither content nor names nor the key, and is for the owner only @req:E6", async () => {
    await createRecoveryPoint(policy, context);
    for (const name of await context.repository.list()) {
      const bytes = await readFile(join(folder, name));
      for (const canary of [
        "canary-content",
        "secret-name",
        key.bytes.toString("base64"),
        key.bytes.toString("hex"),
      ]) {
        expect(bytes.includes(canary), `${canary} in ${name}`).toBe(false);
      }
      expect(bytes.includes(key.bytes)).toBe(false);
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  it("is refused with another key, naming the one it needs @req:E6", async () => {
    const { id } = await createRecoveryPoint(policy, context);
    const stranger = { ...target(), key: createBackupKey() };
    await expect(restoreRecoveryPoint(id, stranger)).rejects.toMatchObject({
      code: "MANIFEST_KEY_MISMATCH",
      hint: `provide key ${key.id}`,
    });
  });

  it.each([
    ["a flipped byte", "OBJECT_DAMAGED", (path: string) => corrupt(path)],
    ["a byte more", "OBJECT_DAMAGED", (path: string) => appendFile(path, "x")],
    ["a missing object", "OBJECT_MISSING", (path: string) => rm(path)],
    ["an older object of the same name", "OBJECT_DAMAGED", (path: string) => replay(path)],
  ])("is refused before anything is touched when it has %s @req:E8", async (_, code, damage) => {
    const { id } = await createRecoveryPoint(policy, context);
    await writeFile(join(root, "target/old.txt"), "old");
    for (const object of ["uploads.data", "uploads.digest"]) {
      const path = join(folder, id, object);
      await cp(path, join(root, "saved"));
      await damage(path);
      await expect(restoreRecoveryPoint(id, target())).rejects.toMatchObject({ code });
      await cp(join(root, "saved"), path);
    }
    expect(await readdir(join(root, "target"))).toEqual(["old.txt"]);
    expect((await restoreRecoveryPoint(id, target())).isProven).toBe(true);
  });

  async function corrupt(path: string) {
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    await writeFile(path, bytes);
  }

  async function replay(path: string) {
    const older = await createRecoveryPoint(policy, context);
    await rename(join(folder, older.id, path.slice(path.lastIndexOf("/") + 1)), path);
  }

  it("is refused when its manifest was altered, swapped or is nonsense @req:E8", async () => {
    const { id } = await createRecoveryPoint(policy, context);
    const other = await createRecoveryPoint(policy, context);
    const file = join(folder, id, "manifest.json");
    const whole = await readFile(file, "utf8");
    const alterations: [string, string][] = [
      [whole.replace('"path": "/data"', '"path": "/etc"'), "MANIFEST_ALTERED"],
      [whole.replace(/"sha256": ".../, '"sha256": "000'), "MANIFEST_ALTERED"],
      [await readFile(join(folder, other.id, "manifest.json"), "utf8"), "MANIFEST_ALTERED"],
      [whole.replace(/"mac": "../, '"mac": "'), "MANIFEST_ALTERED"],
      [whole.slice(0, -30), "MANIFEST_INVALID"],
    ];
    for (const [text, code] of alterations) {
      await writeFile(file, text);
      await expect(readManifest(id, context)).rejects.toMatchObject({ code });
    }
    await writeFile(file, whole);
    expect((await readManifest(id, context)).id).toBe(id);
  });

  it("reports a restore that yields other data, and does not call it proven @req:E8", async () => {
    const { id } = await createRecoveryPoint(policy, context);
    const real = localPool("store", join(root, "target")).target("store");
    let reads = 0;
    const forgetful: Target = {
      ...real,
      async exec(argv, options) {
        if (argv.includes("--create") && ++reads === 1) await rm(join(root, "target/sub/b.txt"));
        return real.exec(argv, options);
      },
    };
    const restored = await restoreRecoveryPoint(id, {
      ...context,
      targets: { services: ["store"], target: () => forgetful },
    });
    expect(restored.isProven).toBe(false);
    expect(restored.sources[0]?.comparison.differences.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "missing file sub/b.txt",
    ]);
  });

  it("does not exist when its backup failed or was aborted, and leaves nothing @req:E1", async () => {
    await rm(join(root, "source"), { recursive: true });
    await expect(createRecoveryPoint(policy, context)).rejects.toMatchObject({
      code: "BACKUP_COMMAND_FAILED",
    });
    await expect(
      createRecoveryPoint(policy, { ...context, signal: AbortSignal.abort(new Error("stop")) }),
    ).rejects.toThrow("stop");
    expect(await readdir(folder)).toEqual(["repository.json"]);
    expect(await listRecoveryPoints(context)).toEqual([]);
  });

  it("does not exist when the storage is full, and says so @req:E6", async () => {
    const { repository } = context;
    const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    const failing = {
      ...repository,
      write: (name: string, content: Readable) =>
        repository.write(name, Readable.from(failingAfter(content, full))),
    };
    await expect(createRecoveryPoint(policy, { ...context, repository: failing })).rejects.toMatchObject({
      code: "REPOSITORY_FULL",
    });
    expect(await repository.list()).toEqual([]);
  });
});

async function* failingAfter(content: Readable, error: Error) {
  for await (const chunk of content) {
    yield chunk;
    throw error;
  }
}

describe("the folder repository", () => {
  it("keeps its identity, stores whole objects once, and takes no paths @req:E6", async () => {
    const { repository } = context;
    expect((await openFolderRepository(folder)).id).toBe(repository.id);
    const first = await repository.write("p/a", Readable.from(["one"]));
    expect(first).toEqual({
      sizeBytes: 3,
      sha256: "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
    });
    await expect(repository.write("p/a", Readable.from(["two"]))).rejects.toMatchObject({
      code: "OBJECT_EXISTS",
    });
    for (const name of ["../x", "/etc/passwd", "p/../../x", "p/a/b", ".hidden", ""]) {
      await expect(repository.write(name, Readable.from(["x"]))).rejects.toMatchObject({
        code: "OBJECT_NAME_INVALID",
      });
    }
    const abort = new AbortController();
    const slow = new Readable({ read: () => {} });
    setTimeout(() => abort.abort(new Error("stop")), 10);
    await expect(repository.write("p/b", slow, abort.signal)).rejects.toThrow("stop");
    expect(await repository.list()).toEqual(["p/a"]);
    await repository.remove("p");
    await repository.remove("p");
    expect(await repository.list()).toEqual([]);
    await writeFile(join(folder, "repository.json"), "{}");
    await expect(openFolderRepository(folder)).rejects.toMatchObject({ code: "REPOSITORY_INVALID" });
  });
});
