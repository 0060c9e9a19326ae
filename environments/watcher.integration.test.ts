import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { randomStream } from "#core/random";
import { collectGarbage, listEnvironments, type StartEnvironmentOptions } from "./index.ts";
import { leasedProcesses } from "./processes.ts";
import { removeLeftBehind } from "./remove-left-behind.ts";
import { testImage } from "./testing/test-image.ts";
import { leftOf, useWorkbench } from "./testing/workbench.ts";
import { startWatcher } from "./watcher.ts";

const workbench = useWorkbench();

const compose = `
services:
  a:
    image: ${testImage}
    command: sleep 1000
    volumes: ["data:/data", "/anonymous"]
    healthcheck: { test: ["CMD", "true"], interval: 200ms }
  b: { image: "${testImage}", command: perl /serve.pl 80, ports: ["80"], depends_on: { a: { condition: service_healthy } } }
  c: { image: "${testImage}", command: sleep 1000, restart: always, depends_on: [b] }
volumes: { data: {} }
`;

describe("when the owner is killed @req:A1", () => {
  it.each([
    ["while it prepares", "prepares", "process"],
    ["while containers are made and started", "creates", "group"],
    ["when everything runs", "ready", "group"],
  ] as const)(
    "%s nothing is left after 5 s",
    async (_when, moment, target) => {
      const id = `kill-${moment}`;
      const owner = startOwner(await workbench.project({ "compose.yaml": compose }, { id }));
      const random = randomStream("kill", moment);
      if (moment === "ready") await said(owner, "ready");
      else if (moment === "creates") await said(owner, "service.changed");
      else await sleep(random.integer(150, 700));
      if (moment === "creates") await sleep(random.integer(0, 300));
      const pid = owner.pid ?? 0;
      process.kill(target === "group" ? -pid : pid, "SIGKILL");
      await once(owner, "exit");
      await expect.poll(() => leftOf(id), { timeout: 5_000, interval: 250 }).toEqual([]);
      // Whatever was still on its way in the engine has arrived by then, and is gone too.
      await sleep(2_000);
      expect(await leftOf(id)).toEqual([]);
      await expect.poll(() => listEnvironments(), { timeout: 5_000 }).toEqual([]);
    },
    60_000,
  );
});

describe("the watcher @req:A1", () => {
  it("is ready quickly, in a session of its own, and ends without harm when released", async () => {
    const started = performance.now();
    const watcher = await startWatcher({ environment: "none", project: "gauntlet-none", leaseId: "none" });
    expect(performance.now() - started).toBeLessThan(2_000);
    watcher.release();
    watcher.release();
    await expect.poll(() => isRunning(watcher.pid), { timeout: 5_000 }).toBe(false);
  });

  it("kills commands that were started for its environment, and no others", async () => {
    const leaseId = "0123456789abcdef";
    const ours = spawn("sleep", ["60"], { env: { ...process.env, GAUNTLET_LEASE: leaseId } });
    const other = spawn("sleep", ["60"], { env: { ...process.env, GAUNTLET_LEASE: `${leaseId}0` } });
    try {
      await expect.poll(() => leasedProcesses(leaseId)).toEqual([ours.pid]);
      const task = { environment: "none", project: "gauntlet-none", leaseId };
      const patience = { cleanForMs: 200, scanEveryMs: 50, giveUpAfterMs: 20_000 };
      expect(await removeLeftBehind(task, patience)).toBe(true);
      await expect.poll(() => ours.signalCode).toBe("SIGKILL");
      expect(other.signalCode).toBeNull();
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("gives up on an engine that never comes back", async () => {
    const before = process.env["DOCKER_HOST"];
    process.env["DOCKER_HOST"] = "unix:///nowhere.sock";
    try {
      const task = { environment: "none", project: "gauntlet-none", leaseId: "none" };
      const patience = { cleanForMs: 10, scanEveryMs: 20, giveUpAfterMs: 150 };
      expect(await removeLeftBehind(task, patience)).toBe(false);
    } finally {
      if (before === undefined) delete process.env["DOCKER_HOST"];
      else process.env["DOCKER_HOST"] = before;
    }
  });
});

describe("garbage collection @req:A2", () => {
  it("removes what outlived its term, keeps what is held, and only tells when asked to", async () => {
    const options = await workbench.project(
      { "compose.yaml": `services: { a: { image: "${testImage}", command: sleep 1000 } }` },
      { id: "gc-term", lifetime: { ttlMs: 8_000 } },
    );
    const owner = startOwner(options);
    const held = startOwner({ ...options, id: "gc-held", lifetime: "process" });
    await Promise.all([said(owner, "ready"), said(held, "ready")]);
    owner.kill("SIGKILL");
    await once(owner, "exit");
    const early = await collectGarbage();
    // Others on this machine may have environments of their own.
    expect(early.kept).toEqual(expect.arrayContaining(["gc-held", "gc-term"]));
    expect(early.removed).not.toContain("gc-term");
    expect((await leftOf("gc-term")).length).toBeGreaterThan(0);
    const inTurn = async () => (await collectGarbage({ dryRun: true })).removed;
    await expect.poll(inTurn, { timeout: 15_000, interval: 200 }).toContain("gc-term");
    expect((await leftOf("gc-term")).length).toBeGreaterThan(0);
    expect((await collectGarbage()).removed).toContain("gc-term");
    expect(await leftOf("gc-term")).toEqual([]);
    expect((await leftOf("gc-held")).length).toBeGreaterThan(0);
    held.kill("SIGKILL");
    await expect.poll(() => leftOf("gc-held"), { timeout: 5_000 }).toEqual([]);
  }, 60_000);
});

const owners: ChildProcess[] = [];

afterEach(() => {
  for (const owner of owners.splice(0)) owner.kill("SIGKILL");
});

function startOwner(options: StartEnvironmentOptions): ChildProcess {
  const script = fileURLToPath(new URL("./testing/owner.ts", import.meta.url));
  const owner = spawn(process.execPath, [script, JSON.stringify(options)], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  owners.push(owner);
  return owner;
}

function said(owner: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    owner.stdout?.on("data", (chunk) => {
      if (String(chunk).includes(text)) resolve();
    });
    owner.once("exit", (code) => reject(new Error(`the owner ended with ${code} before it said ${text}`)));
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
