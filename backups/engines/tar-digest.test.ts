import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTarDigest } from "./tar-digest.ts";

let archive: Buffer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-tar-"));
  await writeFile(join(folder, "a.txt"), "hello");
  await writeFile(join(folder, `${"long".repeat(40)} é`), Buffer.alloc(100_000, 1));
  await symlink("x".repeat(150), join(folder, "link"));
  archive = tar("--format=posix");
});
afterAll(() => rm(folder, { recursive: true }));

const tar = (...options: string[]) =>
  execFileSync("tar", ["--create", "--sort=name", ...options, "-C", folder, "."]);

function digest(bytes: Buffer, cuts: readonly number[] = []) {
  const reader = createTarDigest();
  const ends = [...cuts, bytes.length].map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    reader.update(bytes.subarray(from, end));
    from = end;
  }
  reader.finish();
  return Object.fromEntries([...reader.entries].map(([path, entry]) => [path, entry.digest]));
}

describe("the digest of a tar stream", () => {
  it("has a line for each entry, with its content's sha256 @req:E5", () => {
    const entries = digest(archive);
    expect(Object.keys(entries)).toEqual([".", "a.txt", "link", `${"long".repeat(40)} é`]);
    expect(entries["a.txt"]).toMatch(
      /^file mode=644 owner=\d+:\d+ mtime=\d+\.\d+ sha256=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824$/,
    );
    expect(entries["link"]).toContain(`link=${"x".repeat(150)}`);
    expect(entries["."]).not.toContain("mtime");
  });

  it("does not depend on how the stream is cut @req:E5", () => {
    const whole = digest(archive);
    fc.assert(
      fc.property(fc.array(fc.nat(archive.length), { maxLength: 30 }), (cuts) => {
        expect(digest(archive, cuts)).toEqual(whole);
      }),
    );
  });

  it("refuses every truncation before the end mark @req:E5", () => {
    const end = archive.findLastIndex((byte) => byte !== 0);
    fc.assert(
      fc.property(fc.nat(end), (length) => {
        expect(() => digest(archive.subarray(0, length))).toThrow("it ends too early");
      }),
    );
    expect(() => digest(Buffer.alloc(0))).toThrow("it ends too early");
  });

  it("refuses damaged headers and forms it was not told of @req:E5", () => {
    const damaged = Buffer.from(archive);
    damaged[104] = (damaged[104] as number) ^ 1;
    expect(() => digest(damaged)).toThrow("a header's checksum is wrong");
    expect(() => digest(tar("--format=gnu"))).toThrow("entries of type K are not expected");
    const pax = Buffer.from(archive);
    const record = pax.indexOf(" mtime=");
    pax.write("x", record - 2);
    expect(() => digest(pax)).toThrow("a pax record cannot be read");
  });
});
