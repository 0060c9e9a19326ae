import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock";
import { type BackupContext, createRecoveryPoint } from "../create-recovery-point.ts";
import { compareDigests } from "../digest.ts";
import { createBackupKey } from "../envelope/key.ts";
import { type FilesSource, parseBackupPolicy } from "../policy.ts";
import { openFolderRepository } from "../repository/folder-repository.ts";
import { restoreRecoveryPoint } from "../restore-recovery-point.ts";
import { type StoreContainer, startStoreContainer } from "../testing/store-container.ts";
import { filesEngine } from "./files.ts";

let source: StoreContainer;
let other: StoreContainer;
let folder: string;
let context: BackupContext;
const key = createBackupKey();
const files: FilesSource = { name: "uploads", engine: "files", service: "store", path: "/data", exclude: [] };
const policy = parseBackupPolicy({
  file: "policy.yaml",
  text: `{ version: 1, kind: BackupPolicy, name: nightly, compression: gzip, encryption: { key: "secret:k" },
    sources: [{ name: uploads, engine: files, service: store, path: /data }] }`,
});

const tree = `
cd /data
find . -mindepth 1 -delete
mkdir -p buckets/uploads versions "empty dir"
chmod 0750 versions
printf 'hello' > buckets/uploads/a.txt
setfattr -n user.content-type -v 'text/plain; charset=utf-8' buckets/uploads/a.txt
setfattr -n user.etag -v 0x00ff0a3d20 buckets/uploads/a.txt
setfattr -n user.acl -v '{"owner":"root"}' buckets/uploads
head -c 3000000 /dev/urandom > buckets/uploads/big.bin
touch -d '2026-01-02T03:04:05.123456Z' buckets/uploads/big.bin
: > buckets/empty
ln -s a.txt buckets/uploads/link
ln buckets/uploads/a.txt buckets/hard
printf 'x' > "buckets/$(printf 'n%.0s' $(seq 120)) é 'quote'
newline"
`;

beforeAll(async () => {
  [source, other] = await Promise.all([startStoreContainer(), startStoreContainer()]);
}, 300_000);
afterAll(() => Promise.all([source?.[Symbol.asyncDispose](), other?.[Symbol.asyncDispose]()]));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-backup-"));
  context = { targets: source.pool, repository: await openFolderRepository(folder), key, clock: systemClock };
  await source.shell(tree);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("brings a tree back exactly, extended attributes included, over what was there @req:E5 @req:E8", async () => {
  const manifest = await createRecoveryPoint(policy, context);
  await other.shell(
    "mkdir -p /data/buckets/uploads /data/later/deep; echo old > /data/later/deep/file; echo old > /data/buckets/uploads/a.txt",
  );
  const inode = await other.shell("stat -c %i /data/buckets");
  const restored = await restoreRecoveryPoint(manifest.id, { ...context, targets: other.pool });
  expect(restored.sources[0]?.comparison.differences).toEqual([]);
  expect(restored.isProven).toBe(true);
  expect(restored.sources[0]?.comparison.equal).toBe(11);
  expect(await other.shell("getfattr --only-values -n user.content-type /data/buckets/uploads/a.txt")).toBe(
    "text/plain; charset=utf-8",
  );
  expect(await other.shell("getfattr --only-values -n user.acl /data/buckets/uploads")).toBe(
    '{"owner":"root"}',
  );
  expect(await other.shell("stat -c %i /data/buckets")).toBe(inode);
  expect(await other.shell("ls -A /data")).toBe("buckets\nempty dir\nversions");
});

describe("planted differences", () => {
  const big = "file buckets/uploads/big.bin";
  it.each([
    ["one missing file", "rm /data/buckets/uploads/big.bin", [`missing ${big}`]],
    [
      "one flipped byte, same size and time",
      "cd /data/buckets/uploads; printf X | dd of=big.bin bs=1 seek=1000000 conv=notrunc status=none; touch -d '2026-01-02T03:04:05.123456Z' big.bin",
      [`different ${big}`],
    ],
    [
      "a lost extended attribute",
      "setfattr -x user.etag /data/buckets/uploads/a.txt",
      ["different file buckets/hard"],
    ],
    ["another mode", "chmod 0700 /data/versions", ["different directory versions"]],
    ["another link", "ln -sf b.txt /data/buckets/uploads/link", ["different symlink buckets/uploads/link"]],
    ["a file too many", "echo > /data/versions/x", ["extra file versions/x"]],
    ["an empty directory lost", "rmdir '/data/empty dir'", ["missing directory empty dir"]],
  ])("names %s @req:E5", async (_, defect, expected) => {
    const io = { now: Date.now };
    const before = await filesEngine.digest(files, source.target, io);
    expect(compareDigests(before, await filesEngine.digest(files, source.target, io)).differences).toEqual(
      [],
    );
    await source.shell(defect);
    const { differences } = compareDigests(before, await filesEngine.digest(files, source.target, io));
    expect(differences.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
  });
});

it("leaves what is excluded where it is, on both sides @req:E5", async () => {
  const sources = [{ ...files, exclude: ["buckets/uploads", "versions/locks"] }];
  await other.shell(
    "find /data -mindepth 1 -delete; mkdir -p /data/versions/locks/deep /data/buckets/uploads/old; echo 1 > /data/versions/locks/deep/l; echo 2 > /data/versions/x",
  );
  const manifest = await createRecoveryPoint({ ...policy, sources }, context);
  const restored = await restoreRecoveryPoint(manifest.id, { ...context, targets: other.pool });
  expect(restored.sources[0]?.comparison).toMatchObject({ differences: [], unsettled: [] });
  expect(await other.shell("cd /data; ls -d versions/* versions/locks/deep/l buckets/uploads/*")).toBe(
    "buckets/uploads/old\nversions/locks\nversions/locks/deep/l",
  );
});

it("fails on a directory that is not there, and stores nothing @req:E5", async () => {
  await source.shell("mv /data/buckets /data/elsewhere");
  const missing = { ...policy, sources: [{ ...files, path: "/data/buckets" }] };
  await expect(createRecoveryPoint(missing, context)).rejects.toMatchObject({
    code: "BACKUP_COMMAND_FAILED",
  });
  expect(await context.repository.list()).toEqual([]);
});
