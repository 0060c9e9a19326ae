import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SuiteOf } from "../config/index.ts";
import { crashableService } from "../testing/crashable-service.ts";
import { fakeEnvironment, loopbackServer } from "../testing/fake-environment.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type TrialOptions, trySuite } from "../testing/try-suite.ts";
import { runChaos } from "./run-chaos.ts";

const scenario = `
version: 1
kind: ChaosScenario
name: web-crash
targets: { services: [web] }
steadyState:
  probe: { service: web, everyMs: 20, timeoutMs: 500 }
  tolerance: { windowMs: 600, minRequests: 5 }
  warmupMs: 200
method:
  - { phase: crash, fault: { kind: container.crash } }
expect: { recoversWithinMs: 3000 }
`;

async function trial(config: Record<string, unknown>, options: Partial<TrialOptions>) {
  await using folder = await temporaryFolder({ "crash.yaml": scenario });
  const result = await trySuite<SuiteOf<"chaos">>(
    runChaos,
    { runner: "chaos", ...config },
    { folder, ...options },
  );
  const attached = result.bundle.tests[0]?.attachments[0];
  const journal = attached && JSON.parse(await readFile(join(folder.file("bundle"), attached.path), "utf8"));
  const ledger = await readFile(folder.file("faults.jsonl"), "utf8").catch(() => "");
  return { ...result, journal, ledger };
}

describe.concurrent("runChaos", () => {
  it("turns what an experiment proved into tests, and what it measured into metrics @req:A3 @req:D6", async () => {
    await using web = await crashableService({ service: "web", restartAfterMs: 300 });
    const { bundle, error, journal, ledger } = await trial(
      { scenario: "crash.yaml" },
      { environment: fakeEnvironment({ web: [web.port] }, [web.target]) },
    );
    expect(error).toBeUndefined();
    expect(bundle.tests.map(({ title, status }) => `${title.join(" > ")}: ${status}`)).toEqual([
      "web-crash > steady-before @req:D1: passed",
      "web-crash > presence @req:D2: passed",
      "web-crash > recovery @req:D6: passed",
      "web-crash > steady-after @req:D6: passed",
    ]);
    const recovery = bundle.metrics.find((metric) => metric.name === "chaos_recovery");
    expect(recovery).toMatchObject({
      unit: "ms",
      kind: "gauge",
      labels: { scenario: "web-crash", fault: "container.crash" },
      samples: [journal.recoveryMs],
    });
    expect(journal.recoveryMs).toBeGreaterThan(250);
    expect(bundle.tests[2]?.durationMs).toBe(journal.recoveryMs);
    expect(ledger).toContain('"healed"');
  });

  it("fails a system that does not come back in time", async () => {
    await using web = await crashableService({ service: "web", restartAfterMs: 4500 });
    const { bundle } = await trial(
      { scenario: "crash.yaml" },
      { environment: fakeEnvironment({ web: [web.port] }, [web.target]) },
    );
    const recovery = bundle.tests.find((test) => test.title[1]?.startsWith("recovery"));
    expect(recovery).toMatchObject({
      status: "failed",
      error: { message: "not recovered within 3000 ms" },
    });
    expect(bundle.metrics.map((metric) => metric.name)).toEqual(["chaos_detection"]);
  });

  it("crashes each named service without a scenario of the team, and leaves a sick system alone @req:A7", async () => {
    await using sick = await loopbackServer((_, response) => response.writeHead(503).end());
    await using worker = await crashableService({ service: "worker", restartAfterMs: 100 });
    const { bundle, error, ledger } = await trial(
      { crash: ["worker"], probe: { service: "web", target: 8080, path: "/health" } },
      { environment: fakeEnvironment({ web: [sick.port] }, [worker.target]) },
    );
    expect(error).toBeUndefined();
    expect(bundle.tests.map(({ file, title, status }) => [file, title[0], status])).toEqual([
      ["gauntlet/crash", "crash-worker", "broken"],
    ]);
    expect(sick.requests[0]).toBe("/health");
    expect(ledger).not.toContain('"applied"');
    expect((await worker.target.inspect()).restartCount).toBe(0);
  });

  it("heals and stops when the run is called off", async () => {
    await using web = await crashableService({ service: "web", restartAfterMs: 100 });
    const { bundle, error } = await trial(
      { crash: ["web"] },
      {
        environment: fakeEnvironment({ web: [web.port] }, [web.target]),
        signal: AbortSignal.timeout(300),
      },
    );
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(bundle.tests).toEqual([]);
  });

  it("refuses a scenario that is none, naming file and line", async () => {
    await using folder = await temporaryFolder({
      "crash.yaml": "version: 1\nkind: ChaosScenario\nname: 3\n",
    });
    const { error } = await trySuite<SuiteOf<"chaos">>(
      runChaos,
      { runner: "chaos", scenario: "crash.yaml" },
      { folder },
    );
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("crash.yaml:3:") });
  });
});
