import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Lease, newLease } from "./lease.ts";
import { releasePorts, releaseStalePorts, reservePorts } from "./ports.ts";

let folder: string;
const range = { from: 29_900, to: 29_931 };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-ports-"));
  vi.stubEnv("GAUNTLET_STATE_DIR", folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const deadLease = (): Lease => {
  const lease = newLease("dead");
  return { ...lease, owner: { ...lease.owner, startTicks: 1 } };
};

describe("reserved ports @req:A1", () => {
  it("are given to one environment only, until it lets go", async () => {
    const [one, two] = [newLease("one"), newLease("two")];
    const [first, second] = await Promise.all([
      reservePorts([1, 1], one, { range }),
      reservePorts([1, 1], two, { range }),
    ]);
    expect(new Set([...first, ...second]).size).toBe(4);
    await releasePorts(one.id);
    await releasePorts(one.id);
    expect(await readdir(join(folder, "ports"))).toHaveLength(2);
    expect(await reservePorts([1], newLease("three"), { range })).toEqual([Math.min(...first)]);
  });

  it("come in adjacent blocks that do not run over the end of the range", async () => {
    const ports = await reservePorts([3, 1, 2], newLease("blocks"), { range, startAt: range.to - 1 });
    const all = [[0, 1, 2], [0], [0, 1]].flatMap((offsets, index) =>
      offsets.map((offset) => (ports[index] ?? 0) + offset),
    );
    expect(new Set(all).size).toBe(6);
    expect(Math.max(...all)).toBeLessThanOrEqual(range.to);
    expect(await readdir(join(folder, "ports"))).toHaveLength(6);
  });

  it("pass over what somebody listens on", async () => {
    const server = await listenSomewhereIn(range);
    const port = (server.address() as { port: number }).port;
    const occupied: number[] = [];
    try {
      const [found] = await reservePorts([1], newLease("a"), {
        range,
        startAt: port,
        onOccupied: (one) => occupied.push(one),
      });
      expect(found).not.toBe(port);
      expect(occupied).toContain(port);
    } finally {
      server.close();
    }
  });

  it("of owners that are gone and of terms that are over are free again", async () => {
    await reservePorts([1], newLease("kept", 60_000), { range });
    const dead = await reservePorts([1], deadLease(), { range, startAt: range.from + 8 });
    expect(await reservePorts([1], newLease("term", -1), { range, startAt: range.from + 8 })).toEqual(dead);
    await writeFile(join(folder, "ports", `${range.to}.json`), "{torn");
    expect(await releaseStalePorts({ dryRun: true })).toBe(2);
    await releaseStalePorts();
    expect(await readdir(join(folder, "ports"))).toHaveLength(1);
  });

  it("run out with a clear message", async () => {
    const tiny = { from: range.from, to: range.from + 1 };
    await expect(reservePorts([3], newLease("a"), { range: tiny })).rejects.toMatchObject({
      code: "NO_FREE_PORTS",
      exitCode: 4,
      hint: expect.stringContaining("gauntlet env gc"),
    });
    expect(await reservePorts([], newLease("b"))).toEqual([]);
  });
});

async function listenSomewhereIn({ from, to }: typeof range): Promise<Server> {
  for (let port = from; port <= to; port++) {
    const server = createServer();
    const isListening = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isListening) return server;
  }
  throw new Error("the whole range is occupied");
}
