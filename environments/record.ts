import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EnvironmentDescriptor } from "#core/environment";
import { UsageError } from "#core/errors";
import { statePath, writeFileAtomic } from "#core/state";
import type { DeclaredService } from "./drift.ts";
import { describeFileError } from "./errors.ts";
import type { Lease } from "./lease.ts";
import { releasePorts } from "./ports.ts";

export type EnvironmentState = "starting" | "running";

/** What is kept of an environment on disk, so that other commands can find it. Holds no secrets. */
export interface EnvironmentRecord {
  v: 1;
  id: string;
  project: string;
  state: EnvironmentState;
  lease: Lease;
  /** ISO 8601. */
  createdAt: string;
  composeFiles: readonly string[];
  projectDirectory: string;
  /** Undefined until it is running. */
  descriptor?: EnvironmentDescriptor;
  /** What runs when nothing has drifted, by container. */
  declared?: Readonly<Record<string, DeclaredService>>;
}

export function environmentFolder(id: string): string {
  return statePath("environments", id);
}

/** Makes the environment's folder, which is the claim to its id. Throws UsageError ENVIRONMENT_EXISTS. */
export async function claimEnvironment(record: EnvironmentRecord): Promise<void> {
  const folder = environmentFolder(record.id);
  // Complete before it has its name: whoever finds it finds a record in it.
  const fresh = statePath("environments", `.${record.lease.id}`);
  try {
    await mkdir(fresh, { recursive: true, mode: 0o700 });
    await writeRecord(record, fresh);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTEMPTY" || code === "EEXIST") throw environmentExists(record.id, error);
    throw describeFileError(error, folder);
  }
}

export function environmentExists(id: string, cause?: unknown): UsageError {
  return new UsageError(`there is already an environment "${id}"`, {
    code: "ENVIRONMENT_EXISTS",
    hint: `choose another id, or remove it with \`gauntlet env down ${id}\``,
    ...(cause === undefined ? {} : { cause }),
  });
}

export async function writeRecord(
  record: EnvironmentRecord,
  folder = environmentFolder(record.id),
): Promise<void> {
  const path = join(folder, "record.json");
  await writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`, 0o600).catch((error) => {
    throw describeFileError(error, path);
  });
}

/** Undefined when there is none, or it cannot be read. */
export async function readRecord(id: string): Promise<EnvironmentRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(environmentFolder(id), "record.json"), "utf8"));
    return record.v === 1 && record.id === id && record.lease ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Ids of everything that has a folder, readable or not. */
export async function recordedIds(): Promise<string[]> {
  const entries = await readdir(statePath("environments"), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name);
}

/** Oldest first. */
export async function listEnvironments(): Promise<EnvironmentRecord[]> {
  const records = await Promise.all((await recordedIds()).map(readRecord));
  return records
    .filter((record) => record !== undefined)
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** Removes the folder (secrets included) and the port reservations, unless another lease has the id by now. Idempotent. */
export async function forgetEnvironment(id: string, leaseId: string): Promise<void> {
  await releasePorts(leaseId);
  const record = await readRecord(id);
  if (record !== undefined && record.lease.id !== leaseId) return;
  await rm(environmentFolder(id), { recursive: true, force: true });
}
