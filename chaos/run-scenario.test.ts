import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock";
import type { RunEvent } from "#core/ports";
import { httpProbe } from "./http-probe.ts";
import { readOpenFaults } from "./ledger.ts";
import { planScenario } from "./plan-scenario.ts";
import { runScenario, type ScenarioContext } from "./run-scenario.ts";
import { type ChaosScenario, parseScenario } from "./scenario.ts";
import { startProcessService } from "./testing/process-service.ts";
import { jumpingClock, poolOf, type Script, scriptedSystem } from "./testing/scripted-system.ts";

const startMs = Date.parse("2026-01-02T03:04:00Z");
let folder: string;
let ledgerFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-chaos-"));
  ledgerFile = join(folder, "run/faults.jsonl");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function scenario(
  overrides: { fault?: string; within?: number; services?: string; p95Ms?: number } = {},
): ChaosScenario {
  return parseScenario({
    file: "api-crash.yaml",
    text: `
version: 1
kind: ChaosScenario
name: api-crash
targets: { services: ${overrides.services ?? "[api]"} }
steadyState:
  probe: { service: edge }
  tolerance: { errorRatio: 0.05, p95Ms: ${overrides.p95Ms ?? 500}, windowMs: 2000 }
method:
  - { phase: crash, fault: { kind: ${overrides.fault ?? "container.crash"} } }
expect: { recoversWithinMs: ${overrides.within ?? 3000} }
`,
  });
}

function setUp(script: Omit<Script, "clock">, overrides: Partial<ScenarioContext> = {}) {
  const events: RunEvent[] = [];
  const clock = overrides.clock ?? jumpingClock(startMs);
  const system = scriptedSystem({ clock, ...script });
  const context: ScenarioContext = {
    targets: system.pool,
    workload: system.workload,
    ledgerFile,
    clock,
    seed: 42,
    signal: new AbortController().signal,
    events: (event) => events.push(event),
    healTimeoutMs: 200,
    ...overrides,
  };
  return { system, context, events };
}

const ledgerEvents = async () =>
  (await readFile(ledgerFile, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).event);

describe("container.crash on a scripted service", () => {
  it("proves the fault, measures recovery and passes when the system comes back in time @req:D1 @req:D6", async () => {
    const { system, context } = setUp({ restartsAfterMs: 400, answersAfterMs: 650 });
    const result = await runScenario(scenario(), context);
    expect(result.verdict).toBe("PASS");
    expect(result.presence).toEqual({
      observed: true,
      evidence: [
        "api died with exit 137 at 2026-01-02T03:04:02.500Z",
        "api started anew at 2026-01-02T03:04:02.900Z as host process 101 (before: 2026-01-02T03:04:00.000Z, 100)",
      ],
    });
    expect(result.detectMs).toBeLessThanOrEqual(20);
    // Answers from 1050 ms on, requests at every 100 ms: the first success finishes at 1100 ms, seen one step of 20 ms later.
    expect(result.recoveryMs).toBe(1120);
    expect((result.recoveryMs ?? 0) - (result.recoveryPrecisionMs ?? 0)).toBeLessThanOrEqual(1050);
    expect(result.duringFault).toEqual({ requests: 12, failed: 11 });
    expect(result.parts.map((part) => `${part.rule} ${part.verdict}`)).toEqual([
      "steady-before PASS",
      "presence PASS",
      "recovery PASS",
      "steady-after PASS",
    ]);
    expect(system.signals).toEqual(["SIGKILL"]);
    expect(system.workload.stops).toBe(1);
    expect(result.timeline.map((entry) => entry.what)).toContain("api died (exit 137)");
    expect(await ledgerEvents()).toEqual(["intent", "applied", "healed"]);
  });

  it("leaves late failures of requests that were sent into the outage out of the steady state after it", async () => {
    // Recovered after 1.1 s. A request lives for up to 2 s: what fails until then may have been sent before.
    const failing = async (atMs: number) => {
      const { system, context } = setUp({ restartsAfterMs: 400, answersAfterMs: 650 });
      const faultAtMs = startMs + 2_500;
      const start = async (signal: AbortSignal) => {
        const running = await system.workload.start(signal);
        const observe = (fromMs: number, toMs: number) => {
          const seen = running.observe(fromMs, toMs);
          const isIn = fromMs <= faultAtMs + atMs && faultAtMs + atMs < toMs;
          return isIn ? { ...seen, failed: seen.failed + 2 } : seen;
        };
        return { ...running, observe };
      };
      return runScenario(scenario(), { ...context, workload: { ...system.workload, start } });
    };
    expect((await failing(2_050)).verdict).toBe("PASS");
    const flapping = await failing(4_050);
    expect(flapping.parts.find((part) => part.rule === "steady-after")?.verdict).toBe("FAIL");
  });

  it("fails a system that needs longer than allowed, and says how long @req:D6", async () => {
    const { context } = setUp({ restartsAfterMs: 100, answersAfterMs: 3500 });
    const result = await runScenario(scenario(), context);
    expect(result.verdict).toBe("FAIL");
    expect(result.parts.find((part) => part.rule === "recovery")).toMatchObject({
      verdict: "FAIL",
      observed: 3620,
      limit: 3000,
    });
  });

  it("fails a system that stays down, and calls the failed healing unknown @req:D5", async () => {
    const { context } = setUp({ restartsAfterMs: undefined });
    const result = await runScenario(scenario(), context);
    expect(result.verdict).toBe("FAIL");
    expect(result.recoveryMs).toBeUndefined();
    expect(result.presence.evidence).toContain("api is down with exit 137");
    expect(result.parts.at(-1)).toMatchObject({ rule: "cleanup", verdict: "INCONCLUSIVE" });
    expect(await readOpenFaults(ledgerFile)).toHaveLength(1);
  });

  it("is inconclusive when the fault left no trace @req:D2", async () => {
    const { context } = setUp({ isImmortal: true });
    const result = await runScenario(scenario(), context);
    expect(result.verdict).toBe("INCONCLUSIVE");
    expect(result.presence).toEqual({ observed: false, evidence: ["api still runs as host process 100"] });
    expect(result.recoveryMs).toBeUndefined();
  });

  it("is inconclusive when the service died of something else @req:D2", async () => {
    const { context } = setUp({ restartsAfterMs: 300, exitCode: 1 });
    const result = await runScenario(scenario(), context);
    expect(result.verdict).toBe("INCONCLUSIVE");
    expect(result.presence.evidence[0]).toBe("api died with exit 1");
  });

  it("proves the fault by inspection alone when the engine's events fail @req:D2", async () => {
    const { context } = setUp({ restartsAfterMs: 300, eventsError: new Error("events: connection lost") });
    const result = await runScenario(scenario(), context);
    expect(result.verdict).toBe("PASS");
    expect(result.timeline.map((entry) => entry.what)).toContain(
      "engine events of api ended early: events: connection lost",
    );
  });

  it("applies nothing to a system that is not steady @req:D1", async () => {
    const { system, context } = setUp({ restartsAfterMs: 100 });
    const result = await runScenario(scenario({ p95Ms: 5 }), context);
    expect(result.verdict).toBe("INCONCLUSIVE");
    expect(result.parts).toHaveLength(1);
    expect(system.signals).toEqual([]);
  });

  it("calls a fault that cannot be applied an error", async () => {
    const { context } = setUp({ isRunning: false });
    const result = await runScenario(scenario(), context);
    expect(result.verdict).toBe("ERROR");
    expect(result.parts[1]?.message).toBe("container.crash could not be applied to api: api is not running");
  });

  it("heals, stops the load and rethrows when aborted midway @req:D5", async () => {
    const stop = new AbortController();
    let ticks = 0;
    const clock = jumpingClock(startMs, () => {
      if (++ticks === 4) stop.abort(new Error("interrupted"));
    });
    const { system, context } = setUp({ restartsAfterMs: 1500 }, { clock, signal: stop.signal });
    await expect(runScenario(scenario(), context)).rejects.toThrow("interrupted");
    expect(system.signals).toEqual(["SIGKILL"]);
    expect(system.workload.stops).toBe(1);
    expect((await system.target.inspect()).isRunning).toBe(true);
    expect(await ledgerEvents()).toEqual(["intent", "applied", "healed"]);
  });

  it("warns of what could not be healed after an abort @req:D5", async () => {
    const stop = new AbortController();
    let ticks = 0;
    const clock = jumpingClock(startMs, () => {
      if (++ticks === 4) stop.abort(new Error("interrupted"));
    });
    const { context, events } = setUp({ restartsAfterMs: undefined }, { clock, signal: stop.signal });
    await expect(runScenario(scenario(), context)).rejects.toThrow("interrupted");
    expect(events).toContainEqual({
      type: "warning",
      message: expect.stringContaining("could not heal container.crash on api"),
    });
    expect(await readOpenFaults(ledgerFile)).toHaveLength(1);
  });

  it("touches nothing when the ledger cannot be written @req:D5", async () => {
    const { system, context } = setUp({ restartsAfterMs: 100 }, { ledgerFile: "/dev/null/faults.jsonl" });
    await expect(runScenario(scenario(), context)).rejects.toMatchObject({ code: "LEDGER_UNWRITABLE" });
    expect(system.signals).toEqual([]);
    expect(system.workload.stops).toBe(1);
  });
});

describe("targets", () => {
  it("refuses a scenario whose targets are only our own helpers @req:D5", async () => {
    const { system, context } = setUp({ labels: { "dev.gauntlet.helper": "watcher" } });
    await expect(runScenario(scenario(), context)).rejects.toMatchObject({ code: "NO_TARGETS", exitCode: 2 });
    expect(system.signals).toEqual([]);
  });

  it("refuses an unknown service before anything happens", async () => {
    const { system, context } = setUp({});
    await expect(runScenario(scenario({ services: "[nope]" }), context)).rejects.toThrow(
      "no service is called nope",
    );
    expect(system.workload.stops).toBe(0);
  });

  it("draws the same target for the same seed, and both over many seeds", async () => {
    const clock = jumpingClock(startMs);
    const pool = poolOf(["api", "gateway"].map((service) => scriptedSystem({ clock, service }).target));
    const draw = async (seed: number) =>
      (await planScenario(scenario({ services: "[api, gateway]" }), { targets: pool, seed })).services.join();
    const drawn = await Promise.all(Array.from({ length: 20 }, (_, seed) => draw(seed)));
    expect(new Set(drawn)).toEqual(new Set(["api", "gateway"]));
    expect(await draw(7)).toBe(drawn[7]);
  });

  it("says in a dry run what would be done, and does nothing @req:D1", async () => {
    const { system, context } = setUp({});
    expect(await planScenario(scenario(), context)).toEqual({
      scenario: "api-crash",
      seed: 42,
      services: ["api"],
      steps: [
        "load for 500 ms, then steady state over 2000 ms",
        "phase crash: SIGKILL to PID 1 of api, from outside its namespace",
        "recovery within 3000 ms: 5 successful requests in a row",
        "steady state over 2000 ms",
        "heal",
      ],
    });
    expect(system.signals).toEqual([]);
    const down = setUp({ isRunning: false });
    expect((await planScenario(scenario({ fault: "noop" }), down.context)).steps[1]).toBe(
      "phase crash: nothing is done to api (not running now)",
    );
  });
});

describe("noop", () => {
  it("passes on a quiet system @req:D1", async () => {
    const { system, context } = setUp({});
    const result = await runScenario(scenario({ fault: "noop" }), context);
    expect(result.verdict).toBe("PASS");
    expect(result.detectMs).toBeUndefined();
    expect(system.signals).toEqual([]);
  });

  it("is inconclusive when something else disturbed the system meanwhile", async () => {
    let ticks = 0;
    let disturb: (() => Promise<void>) | undefined;
    const clock = jumpingClock(startMs, () => {
      if (++ticks === 2) void disturb?.();
    });
    const { system, context } = setUp({ restartsAfterMs: undefined }, { clock });
    disturb = () => system.target.signalInit("SIGKILL");
    const result = await runScenario(scenario({ fault: "noop" }), context);
    expect(result.verdict).toBe("INCONCLUSIVE");
  });
});

it("measures the recovery of a real process from a real SIGKILL @req:D2 @req:D6", async () => {
  await using service = await startProcessService({ service: "api", restartAfterMs: 200, startDelayMs: 300 });
  const quick = scenario();
  quick.steadyState.warmupMs = 700;
  quick.steadyState.tolerance.windowMs = 1000;
  const { context } = setUp({}, { clock: systemClock });
  const result = await runScenario(quick, {
    ...context,
    targets: poolOf([service.target]),
    workload: httpProbe({ url: service.url, everyMs: 25, timeoutMs: 500 }),
    healTimeoutMs: 5_000,
  });
  expect(result).toMatchObject({ verdict: "PASS" });
  expect(result.recoveryMs).toBeGreaterThan(480);
  expect(result.recoveryMs).toBeLessThan(2500);
  expect(result.recoveryPrecisionMs).toBeLessThan(200);
  expect(result.duringFault?.failed).toBeGreaterThan(5);
});
