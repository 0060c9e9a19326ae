import { beforeAll, describe, expect, it, vi } from "vitest";
import type { SuiteOf } from "../config/index.ts";
import { fakeEnvironment, loopbackServer } from "../testing/fake-environment.ts";
import { foundTools } from "../testing/found-tools.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { statuses, type TrialOptions, trySuite } from "../testing/try-suite.ts";
import { watchProcesses } from "../testing/watch-processes.ts";
import { runK6 } from "./run-k6.ts";

// Each starts processes of its own; on a busy machine that takes a while.
vi.setConfig({ testTimeout: 60_000 });

let k6: string;
beforeAll(async () => {
  k6 = (await foundTools()).k6;
});

async function trial(
  config: Record<string, unknown>,
  options: Partial<TrialOptions> & { script?: string } = {},
) {
  const { script, ...rest } = options;
  await using folder = await temporaryFolder(script === undefined ? {} : { "load.k6.ts": script });
  return await trySuite<SuiteOf<"k6">>(
    runK6,
    { runner: "k6", ...config },
    { folder, tools: { k6 }, ...rest },
  );
}

/** A script of `iterations` rounds; \`port\` is that of the system's web service. */
const script = (body: string, options = "iterations: 3") => `
import { check } from "k6";
import http from "k6/http";
export const options = { ${options} };
const { services } = JSON.parse(open(__ENV["GAUNTLET_ENVIRONMENT"]));
const url: string = "http://127.0.0.1:" + services.web.endpoints[0].port;
export default function round(): void { ${body} }
`;

describe.concurrent("runK6", () => {
  it("turns thresholds and checks into tests and trends into metrics @req:A3 @req:C1", async () => {
    await using server = await loopbackServer();
    const { bundle, error, events } = await trial(
      { script: "load.k6.ts" },
      {
        script: script(
          'check(http.get(url + "/search"), { "says ok": (r) => r.body === "ok", "is empty": (r) => r.body === "" });',
          'iterations: 3, thresholds: { http_req_duration: ["p(95)<5000"], http_req_failed: ["rate>0.5"] }',
        ),
        environment: fakeEnvironment({ web: [server.port] }),
      },
    );
    expect(error).toBeUndefined();
    expect(server.requests).toEqual(["/search", "/search", "/search"]);
    expect(statuses(bundle).toSorted()).toEqual([
      "checks > is empty: failed (3 of 3 failed)",
      "checks > says ok: passed",
      "thresholds > http_req_duration p(95)<5000: passed",
      expect.stringMatching(/^thresholds > http_req_failed rate>0.5: failed/),
    ]);
    expect(bundle.tests[0]?.file).toBe("load.k6.ts");
    const duration = bundle.metrics.find((metric) => metric.name === "http_req_duration");
    expect(duration).toMatchObject({ unit: "ms", histogram: { count: 3 } });
    expect(events.filter((event) => event.type === "test.finished")).toHaveLength(4);
  });

  it("ramps over chosen addresses when the team has no script @req:C1", async () => {
    await using web = await loopbackServer();
    await using sick = await loopbackServer((_, response) => response.writeHead(503).end());
    const { bundle, error } = await trial(
      {
        urls: [{ service: "web", path: "/a" }, { service: "sick" }],
        durationSeconds: 3,
        virtualUsers: 1,
      },
      { environment: fakeEnvironment({ web: [web.port], sick: [sick.port] }) },
    );
    expect(error).toBeUndefined();
    expect(new Set(web.requests)).toEqual(new Set(["/a"]));
    expect(bundle.tests.map(({ title, status }) => `${title[1]}: ${status}`).toSorted()).toEqual([
      "answers below 500: failed",
      "checks rate>0.99: failed",
      "http_req_failed rate<0.01: failed",
    ]);
    expect(bundle.tests[0]?.file).toBe("gauntlet/load");
  });

  it.each([
    ["is no program", "export default function () {", "load.k6.ts"],
    ["throws as it loads", 'throw new Error("no data");', "no data"],
  ])("crashes when the script %s", async (_, text, message) => {
    const { bundle, error } = await trial({ script: "load.k6.ts" }, { script: text });
    expect(error).toMatchObject({ code: "SUITE_CRASHED", message: expect.stringContaining(message) });
    expect(bundle.tests).toEqual([]);
  });

  it("breaks a suite whose thresholds have nothing to measure", async () => {
    await using server = await loopbackServer();
    const { bundle } = await trial(
      { script: "load.k6.ts" },
      {
        script: script("", 'iterations: 1, thresholds: { http_req_duration: ["p(95)<500"] }'),
        environment: fakeEnvironment({ web: [server.port] }),
      },
    );
    expect(bundle.tests.map((test) => test.status)).toEqual(["broken"]);
  });

  it("stops when it takes too long, and at once when the run is called off", async () => {
    await using watch = await watchProcesses();
    const options = {
      script: script('http.get(url + "/started/1");', 'vus: 1, duration: "1h"'),
      environment: fakeEnvironment({ web: [watch.server.port] }),
    };
    const late = await trial({ script: "load.k6.ts", timeoutMs: 300 }, options);
    expect(late.error).toMatchObject({ code: "SUITE_TIMED_OUT" });
    const called = await trial({ script: "load.k6.ts" }, { ...options, signal: watch.started });
    expect(called.error).toMatchObject({ message: "called off" });
    expect(called.bundle.tests).toEqual([]);
  });

  it("says how to get k6 when there is none", async () => {
    const { error } = await trial({ script: "load.k6.ts" }, { script: "", tools: {} });
    expect(error).toMatchObject({
      code: "K6_MISSING",
      exitCode: 2,
      hint: expect.stringContaining("doctor --install"),
    });
  });
});
