import { spawnSync } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock";
import { type FaultIntent, type LedgerRecord, readOpenFaults, recordIntent } from "./ledger.ts";
import { replayLedger } from "./replay-ledger.ts";
import { jumpingClock, poolOf, scriptedSystem } from "./testing/scripted-system.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-ledger-"));
  file = join(folder, "faults.jsonl");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const intent: FaultIntent = {
  scenario: "api-crash",
  service: "api",
  fault: { kind: "container.crash" },
  incarnation: { containerId: "c1", startedAt: "2026-01-02T03:04:05.000000000Z" },
};

describe("the ledger", () => {
  it("keeps a fault open from its intent until it is healed @req:D5", async () => {
    const entry = await recordIntent(file, intent, systemClock);
    expect(await readOpenFaults(file)).toMatchObject([{ ...intent, wasApplied: false }]);
    await entry.applied();
    expect(await readOpenFaults(file)).toMatchObject([{ wasApplied: true }]);
    await entry.healed();
    expect(await readOpenFaults(file)).toEqual([]);
  });

  it("reads a missing file as no faults and an unreadable one as an error", async () => {
    expect(await readOpenFaults(join(folder, "none"))).toEqual([]);
    await expect(readOpenFaults(folder)).rejects.toMatchObject({ code: "LEDGER_UNREADABLE" });
  });

  it("never loses an applied fault, wherever a crash cut the file, and can be continued after it @req:D5", async () => {
    const entry = await recordIntent(file, intent, systemClock);
    await entry.applied();
    const whole = await readFile(file, "utf8");
    const intentEnd = whole.indexOf("\n");
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        await writeFile(file, whole.slice(0, length));
        const open = await readOpenFaults(file);
        expect(open).toHaveLength(length >= intentEnd ? 1 : 0);
        const next = await recordIntent(file, { ...intent, service: "gateway" }, systemClock);
        expect((await readOpenFaults(file)).map((fault) => fault.service)).toEqual([
          ...open.map((fault) => fault.service),
          "gateway",
        ]);
        await next.healed();
        expect(await readOpenFaults(file)).toEqual(open);
      }),
      { numRuns: 60 },
    );
  });
});

describe("replayLedger", () => {
  /** What a process that has ended since left behind. */
  async function leave(overrides: Partial<LedgerRecord> = {}): Promise<void> {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const record = {
      ...intent,
      v: 1,
      id: Math.random().toString(36),
      event: "applied",
      at: new Date().toISOString(),
      owner: { pid: dead, startTicks: 1 },
      ...overrides,
    };
    await appendFile(file, `${JSON.stringify(record)}\n`);
  }

  it("heals what a dead process left, once @req:D5", async () => {
    await leave();
    const clock = jumpingClock(0);
    const { pool, target } = scriptedSystem({ clock, restartsAfterMs: 500 });
    await target.signalInit("SIGKILL");
    expect(await replayLedger(file, pool, { clock })).toEqual({
      healed: ["container.crash on api"],
      live: [],
      gone: [],
      failed: [],
    });
    expect((await target.inspect()).isRunning).toBe(true);
    expect(await replayLedger(file, pool, { clock })).toEqual({ healed: [], live: [], gone: [], failed: [] });
  });

  it("leaves the faults of a live process alone @req:D5", async () => {
    await recordIntent(file, intent, systemClock);
    const { pool } = scriptedSystem({ clock: jumpingClock(0) });
    expect(await replayLedger(file, pool)).toMatchObject({ live: ["container.crash on api"], healed: [] });
    expect(await readOpenFaults(file)).toHaveLength(1);
  });

  it("closes a fault whose service is gone, and lists what resists without stopping at it @req:D5", async () => {
    await leave({ service: "gateway" });
    await leave({ fault: { kind: "net.unheard-of" } });
    await leave();
    const clock = jumpingClock(0);
    const { pool, target } = scriptedSystem({ clock, restartsAfterMs: undefined });
    await target.signalInit("SIGKILL");
    const signal = new AbortController().signal;
    const replay = await replayLedger(file, poolOf([pool.target("api")]), {
      clock,
      healTimeoutMs: 100,
      signal,
    });
    expect(replay.gone).toEqual(["container.crash on gateway"]);
    expect(replay.failed.map(({ fault }) => fault)).toEqual([
      "container.crash on api",
      "net.unheard-of on api",
    ]);
    expect(replay.failed[1]?.reason).toContain("does not know how to heal");
    expect(await readOpenFaults(file)).toHaveLength(2);
  });
});
