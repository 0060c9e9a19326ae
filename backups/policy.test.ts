import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadBackupPolicy, parseBackupPolicy } from "./policy.ts";

const text = `version: 1
kind: BackupPolicy
name: nightly
sources:
  - { name: db, engine: postgres, service: postgres, database: shop }
  - { name: uploads, engine: files, service: objects, path: /data }
encryption: { key: "secret:backup_key" }
`;

it("reads a policy and fills in what it leaves out @req:E1", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-policy-"));
  await writeFile(join(folder, "nightly.yaml"), text);
  const policy = await loadBackupPolicy(join(folder, "nightly.yaml"));
  await rm(folder, { recursive: true });
  expect(policy).toEqual({
    name: "nightly",
    sources: [
      { name: "db", engine: "postgres", service: "postgres", database: "shop", user: "postgres" },
      { name: "uploads", engine: "files", service: "objects", path: "/data", exclude: [] },
    ],
    encryption: { cipher: "aes-256-gcm", key: "secret:backup_key" },
    compression: "zstd",
    objectives: {},
  });
});

it.each([
  [
    "a key in the policy itself",
    text.replace("secret:backup_key", "c2VjcmV0"),
    /:7:\d+ encryption\.key: file:\/path or secret:NAME/,
  ],
  ["an engine there is not", text.replace("engine: files", "engine: tape"), /:6:\d+ sources\[1\]\.engine/],
  ["two sources of one name", text.replace("name: uploads", "name: db"), /:5:\d+ sources: names must differ/],
  ["a relative path", text.replace("/data", "data"), /sources\[1\]\.path: an absolute path/],
  [
    "an excluded wildcard",
    text.replace("/data", "/data, exclude: ['*.tmp']"),
    /exclude\[0\]: a path relative/,
  ],
  ["an unknown key", `${text}retention: 7\n`, /:8:\d+ retention: unknown key/],
])("refuses %s with line and path @req:E1", (_, wrong, message) => {
  expect(() => parseBackupPolicy({ file: "nightly.yaml", text: wrong })).toThrow(message);
});
