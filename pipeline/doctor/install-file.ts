import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DoctorContext } from "./need.ts";

/** Copies an executable into place at once (a reader sees the old file or the new) and records it. */
export async function installFile(
  context: Pick<DoctorContext, "records">,
  source: string,
  target: string,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await copyFile(source, temporary);
    await chmod(temporary, 0o755);
    await context.records.add({ kind: "file", path: target, sha256: await sha256Of(temporary) });
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
