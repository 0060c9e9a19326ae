import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadScenario, parseScenario } from "./scenario.ts";

const text = `version: 1
kind: ChaosScenario
name: api-crash
targets: { services: [api] }
steadyState: { probe: { service: edge } }
method: [{ phase: crash, fault: { kind: container.crash } }]
expect: { recoversWithinMs: 15000 }
`;

it("reads a scenario and fills in what it leaves out @req:D1", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-scenario-"));
  const file = join(folder, "api-crash.yaml");
  await writeFile(file, text);
  const scenario = await loadScenario(file);
  await rm(folder, { recursive: true });
  expect(scenario).toEqual({
    name: "api-crash",
    targets: { services: ["api"], pick: "one" },
    steadyState: {
      probe: { service: "edge", path: "/", everyMs: 100, timeoutMs: 2000 },
      tolerance: { errorRatio: 0.01, windowMs: 5000, minRequests: 10 },
      warmupMs: 500,
    },
    method: [{ phase: "crash", fault: { kind: "container.crash" } }],
    expect: { recoversWithinMs: 15000, consecutiveSuccesses: 5 },
  });
});

it("names line and path of everything wrong @req:D1", () => {
  const wrong = text
    .replace("container.crash }", "container.crush }")
    .replace("[api] }", "[api], percent: 50 }");
  const read = () => parseScenario({ file: "s.yaml", text: wrong });
  expect(read).toThrow(/s\.yaml:4:\d+ targets\.percent: unknown key/);
  expect(read).toThrow(/s\.yaml:6:\d+ method\[0\]\.fault\.kind/);
});
