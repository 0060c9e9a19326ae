import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unwritable } from "./errors.ts";
import { asFileName, insideFolder, makeFolder, writeInside } from "./inside-folder.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gauntlet-inside-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const outside = { code: "OUTSIDE_REPORT_FOLDER", exitCode: 6 };

describe("paths in a report folder @req:A9", () => {
  it("stay inside, whatever the name", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("..", ".", "a", "b", "", "..."), { maxLength: 6 }),
        async (parts) => {
          const path = await insideFolder(root, parts.join("/")).catch((error: unknown) => {
            expect(error).toMatchObject(outside);
            return join(root, "refused");
          });
          expect(path.startsWith(root + sep)).toBe(true);
        },
      ),
    );
  });

  it.each(["../x", "/etc/passwd", "a/../../x", "", ".", "a\0b"])("refuse %j", async (name) => {
    await expect(insideFolder(root, name)).rejects.toMatchObject(outside);
  });

  it("do not follow links out, be they whole, dangling or on the way", async () => {
    await mkdir(join(root, "in"));
    await symlink(tmpdir(), join(root, "in", "out"));
    await symlink("/nowhere", join(root, "in", "gone"));
    await symlink(".", join(root, "in", "here"));
    await expect(writeInside(join(root, "in"), "out/x", "")).rejects.toMatchObject(outside);
    await expect(writeInside(join(root, "in"), "gone", "")).rejects.toMatchObject(outside);
    await writeInside(join(root, "in"), "here/x", "text");
    expect(await readFile(join(root, "in", "x"), "utf8")).toBe("text");
  });
});

it("makes names harmless", () => {
  expect(asFileName("../../etc/passwd")).toBe("etc-passwd");
  expect(asFileName("Größe 1.png")).toBe("Gro-e-1.png");
  expect(asFileName("...")).toBe("unnamed");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      expect(asFileName(name)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$|^[A-Za-z0-9._-]{80}$/);
    }),
  );
});

it("tells what to do about a folder that cannot be written", async () => {
  await writeFile(join(root, "file"), "");
  await expect(makeFolder(join(root, "file"))).rejects.toMatchObject({
    exitCode: 6,
    hint: expect.stringContaining("a file stands"),
  });
  const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
  expect(unwritable("/x", full)).toMatchObject({
    code: "REPORT_UNWRITABLE",
    hint: expect.stringContaining("disk is full"),
  });
  expect(unwritable("/x", new Error("odd"))).toMatchObject({ hint: expect.stringContaining("check that") });
  const already = unwritable("/x", full);
  expect(unwritable("/y", already)).toBe(already);
});
