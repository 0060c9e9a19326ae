import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createBackupKey, resolveBackupKey } from "./key.ts";

const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index + 200));

it("resolves a key by reference, in raw, base64 and hex form, to the same key @req:E6", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-key-"));
  const { id } = createBackupKey(bytes);
  const forms = [bytes, `${bytes.toString("base64")}\n`, `${bytes.toString("hex")}\n`];
  for (const [index, form] of forms.entries()) {
    const file = join(folder, `${index}`);
    await writeFile(file, form);
    expect((await resolveBackupKey(`file:${file}`)).id).toBe(id);
  }
  const secrets = { backup_key: bytes.toString("base64") };
  expect((await resolveBackupKey("secret:backup_key", secrets)).bytes.equals(bytes)).toBe(true);
  await writeFile(join(folder, "short"), "c2hvcnQ=");
  await expect(resolveBackupKey(`file:${join(folder, "short")}`)).rejects.toThrow(
    "a backup key has 32 bytes",
  );
  await rm(folder, { recursive: true });
});

it("refuses references that lead nowhere, and never shows a key @req:E6", async () => {
  await expect(resolveBackupKey("secret:none", {})).rejects.toMatchObject({
    code: "NO_SUCH_SECRET",
    exitCode: 2,
  });
  await expect(resolveBackupKey("file:/nowhere/key")).rejects.toMatchObject({
    code: "UNREADABLE_BACKUP_KEY",
  });
  await expect(resolveBackupKey("AAAA")).rejects.toMatchObject({ code: "INVALID_KEY_REFERENCE" });
  expect(createBackupKey(bytes).id).not.toBe(createBackupKey().id);
  expect(createBackupKey(bytes).id).toHaveLength(16);
});
