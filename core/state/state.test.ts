import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  isAlive,
  lockHolder,
  processIdentity,
  statePath,
  thisProcess,
  tryLock,
  waitForLock,
  writeFileAtomic,
} from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-state-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe("locks", () => {
  it("lets one holder in at a time and tells the others what it does", async () => {
    const path = join(folder, "a.lock");
    const held = await tryLock(path, { purpose: "load suite" });
    expect(await tryLock(path)).toBeUndefined();
    expect(await lockHolder(path)).toContain("load suite");
    await held?.release();
    expect(await lockHolder(path)).toBeUndefined();
    await using again = await tryLock(path);
    expect(again).toBeDefined();
  });

  it("takes over from a dead process and from a torn record", async () => {
    const path = join(folder, "a.lock");
    await writeFile(
      path,
      JSON.stringify({ token: "x", owner: { pid: process.pid, startTicks: 1 }, purpose: "" }),
    );
    await using first = await tryLock(path);
    expect(first).toBeDefined();
    await first?.release();
    await writeFile(path, "{half");
    await using second = await tryLock(path);
    expect(second).toBeDefined();
  });

  it("never has two holders, whoever finds it stale", async () => {
    const path = join(folder, "a.lock");
    for (let round = 0; round < 20; round++) {
      await writeFile(
        path,
        JSON.stringify({ token: "x", owner: { pid: 999_999, startTicks: 1 }, purpose: "" }),
      );
      const tries = await Promise.all(Array.from({ length: 8 }, () => tryLock(path)));
      const holders = tries.filter((held) => held !== undefined);
      expect(holders.length).toBeLessThanOrEqual(1);
      await rm(path, { force: true });
    }
  });

  it("waits its turn, says so once, and can be called off", async () => {
    const path = join(folder, "a.lock");
    const held = await tryLock(path, { purpose: "first" });
    const said: string[] = [];
    const waiting = waitForLock(path, { onWait: (purpose) => said.push(purpose) });
    await expect.poll(() => said.length).toBe(1);
    await expect(waitForLock(path, { signal: AbortSignal.timeout(30) })).rejects.toThrow();
    await held?.release();
    await (await waiting).release();
    expect(said[0]).toContain("first");
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("process identity", () => {
  it("knows itself, and a child until it has ended", async () => {
    expect(isAlive(thisProcess())).toBe(true);
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const identity = processIdentity(child.pid as number);
    expect(identity && isAlive(identity)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(identity && isAlive(identity)).toBe(false);
  });
});

describe("files", () => {
  it("writes whole files into folders that did not exist", async () => {
    const path = join(folder, "deep", "file.json");
    await writeFileAtomic(path, "one");
    await writeFileAtomic(path, "two", 0o600);
    expect(await readFile(path, "utf8")).toBe("two");
    expect(await readdir(join(folder, "deep"))).toEqual(["file.json"]);
  });

  it("leaves nothing beside a file it could not replace", async () => {
    await writeFileAtomic(join(folder, "dir", "x"), "");
    await expect(writeFileAtomic(join(folder, "dir"), "x")).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["dir"]);
  });

  it("keeps state where it is told to", () => {
    vi.stubEnv("GAUNTLET_STATE_DIR", "/somewhere");
    expect(statePath("ports", "1")).toBe("/somewhere/ports/1");
    vi.stubEnv("GAUNTLET_STATE_DIR", undefined);
    vi.stubEnv("XDG_STATE_HOME", "/xdg");
    expect(statePath()).toBe("/xdg/gauntlet");
  });
});
