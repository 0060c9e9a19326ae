import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "#core/clock";
import { httpProbe } from "./http-probe.ts";
import { readOpenFaults } from "./ledger.ts";
import { runScenario } from "./run-scenario.ts";
import { parseScenario } from "./scenario.ts";
import { startContainerService } from "./testing/container-service.ts";
import { poolOf } from "./testing/scripted-system.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-chaos-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const scenario = (fault: string, within: number) =>
  parseScenario({
    file: "web-crash.yaml",
    text: `
version: 1
kind: ChaosScenario
name: web-crash
targets: { services: [web] }
steadyState:
  probe: { service: web, everyMs: 25, timeoutMs: 500 }
  tolerance: { errorRatio: 0.02, windowMs: 1500 }
  warmupMs: 2000
method: [{ phase: crash, fault: { kind: ${fault} } }]
expect: { recoversWithinMs: ${within} }
`,
  });

async function experiment(fault: string, within: number, startDelayS: number) {
  await using service = await startContainerService({ startDelayS });
  const ledgerFile = join(folder, "faults.jsonl");
  const result = await runScenario(scenario(fault, within), {
    targets: poolOf([service.target]),
    workload: httpProbe({ url: service.url, everyMs: 25, timeoutMs: 500 }),
    ledgerFile,
    clock: systemClock,
    seed: 1,
    signal: new AbortController().signal,
    events: () => {},
  });
  expect(await readOpenFaults(ledgerFile)).toEqual([]);
  return result;
}

it("crashes a real container, sees it die and lets the engine's own policy bring it back @req:D2 @req:D6", async () => {
  const result = await experiment("container.crash", 10_000, 0.4);
  expect(result).toMatchObject({ verdict: "PASS" });
  expect(result.presence.evidence[0]).toContain("web died with exit 137");
  expect(result.presence.evidence[1]).toContain("web started anew");
  expect(result.recoveryMs).toBeGreaterThan(400);
  expect(result.duringFault?.failed).toBeGreaterThan(0);
});

it("fails a container that is slow to come back @req:D6", async () => {
  const result = await experiment("container.crash", 1_200, 1.6);
  expect(result).toMatchObject({ verdict: "FAIL" });
});

it("stays silent on a container nothing was done to", async () => {
  expect(await experiment("noop", 2_000, 0)).toMatchObject({ verdict: "PASS", duringFault: { failed: 0 } });
});
