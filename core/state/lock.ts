import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Clock, systemClock } from "#core/clock";
import { isAlive, type ProcessIdentity, thisProcess } from "./process-identity.ts";

export interface HeldLock extends AsyncDisposable {
  readonly path: string;
  /** Idempotent; leaves a lock alone that another holder took over meanwhile. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** What the holder is doing, shown to those who wait. */
  purpose?: string;
}

interface LockRecord {
  token: string;
  owner: ProcessIdentity;
  purpose: string;
}

/** Takes the machine-wide lock file at `path`, or returns undefined when a live process holds it. */
export async function tryLock(path: string, options: LockOptions = {}): Promise<HeldLock | undefined> {
  await mkdir(dirname(path), { recursive: true });
  const record: LockRecord = {
    token: randomBytes(12).toString("hex"),
    owner: thisProcess(),
    purpose: options.purpose ?? "",
  };
  if (await claim(path, record)) return heldLock(path, record.token);
  const holder = await readRecord(path);
  if (holder !== "gone" && holder !== undefined && isAlive(holder.owner)) return undefined;
  if (holder !== "gone") await removeStale(path, holder);
  return (await claim(path, record)) ? heldLock(path, record.token) : undefined;
}

/** Like tryLock, but waits; `onWait` is told once who holds it. Rejects with the signal's reason. */
export async function waitForLock(
  path: string,
  options: LockOptions & { signal?: AbortSignal; clock?: Clock; onWait?: (purpose: string) => void } = {},
): Promise<HeldLock> {
  const clock = options.clock ?? systemClock;
  for (let isFirst = true; ; isFirst = false) {
    const held = await tryLock(path, options);
    if (held) return held;
    if (isFirst) options.onWait?.((await lockHolder(path)) ?? "another process");
    await clock.sleep(100, options.signal);
  }
}

/** What the live holder of `path` says it is doing; undefined when nobody holds it. */
export async function lockHolder(path: string): Promise<string | undefined> {
  const record = await readRecord(path);
  return record !== undefined && record !== "gone" && isAlive(record.owner)
    ? `${record.purpose || "a process"} (pid ${record.owner.pid})`
    : undefined;
}

/** Link is atomic and, unlike an exclusive open, never shows a half-written record. */
async function claim(path: string, record: LockRecord): Promise<boolean> {
  const temporary = `${path}.${record.token}`;
  await writeFile(temporary, JSON.stringify(record));
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

/** Two may find the same stale record; the one whose own mark is linked first removes it, the other waits its turn. */
async function removeStale(path: string, stale: LockRecord | undefined): Promise<void> {
  const mark: LockRecord = {
    token: randomBytes(12).toString("hex"),
    owner: thisProcess(),
    purpose: "removing a stale lock",
  };
  const breaker = `${path}.breaking`;
  if (!(await claim(breaker, mark))) {
    const other = await readRecord(breaker);
    if (other !== "gone" && (other === undefined || !isAlive(other.owner)))
      await rm(breaker, { force: true });
    return;
  }
  try {
    const now = await readRecord(path);
    if (now !== "gone" && now?.token === stale?.token) await rm(path, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

function heldLock(path: string, token: string): HeldLock {
  const release = async () => {
    const record = await readRecord(path);
    if (record !== "gone" && record?.token === token) await rm(path, { force: true });
  };
  return { path, release, [Symbol.asyncDispose]: release };
}

/** Undefined: unreadable, treated as stale. */
async function readRecord(path: string): Promise<LockRecord | undefined | "gone"> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as LockRecord;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : undefined;
  }
}
