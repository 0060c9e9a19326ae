import { beforeAll, describe, expect, it, vi } from "vitest";
import type { SuiteOf } from "../config/index.ts";
import { fakeEnvironment, type LoopbackServer, loopbackServer } from "../testing/fake-environment.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import {
  linkPackages,
  type SuiteTrial,
  statuses,
  type TrialOptions,
  trySuite,
} from "../testing/try-suite.ts";
import { watchProcesses } from "../testing/watch-processes.ts";
import { runVitest } from "./run-vitest.ts";

// Each starts processes of its own; on a busy machine that takes a while.
vi.setConfig({ testTimeout: 60_000 });

const head = 'import { expect, it } from "vitest";\n';

async function trial(
  files: Record<string, string>,
  options: Partial<TrialOptions> & { timeoutMs?: number } = {},
) {
  await using folder = await temporaryFolder({ "package.json": '{"type":"module"}', ...files });
  await linkPackages(folder, "vitest");
  const { timeoutMs = 60_000, ...rest } = options;
  const config = { runner: "vitest" as const, files: ["suites/**/*.test.ts"], timeoutMs };
  return await trySuite<SuiteOf<"vitest">>(runVitest, config, { folder, ...rest });
}

describe("runVitest on files good and bad", () => {
  let server: LoopbackServer;
  let result: SuiteTrial;

  beforeAll(async () => {
    server = await loopbackServer();
    result = await trial(
      {
        "suites/good.test.ts": `${head}
import { readFileSync } from "node:fs";
const { services } = JSON.parse(readFileSync(process.env.GAUNTLET_ENVIRONMENT, "utf8"));
let tries = 0;
it("answers @req:A1", async () => {
  const response = await fetch("http://127.0.0.1:" + services.web.endpoints[0].port + "/health");
  expect(await response.text()).toBe("ok");
});
it("adds up", () => expect(1 + 1).toBe(3));
it("wobbles", () => expect(++tries).toBe(2));
it.skip("is for later", () => {});
`,
        "suites/torn.test.ts": `${head}it("never runs", () => {`,
        "suites/quits.test.ts": `${head}it("first", () => {});\nit("quits", () => process.exit(0));`,
        "suites/other.spec.ts": "throw new Error('not of this suite');",
      },
      { environment: fakeEnvironment({ web: [server.port] }), retries: 1 },
    );
    return () => server[Symbol.asyncDispose]();
  });

  const of = (file: string) => result.bundle.tests.filter((test) => test.file === `suites/${file}.test.ts`);

  it("records what passed, failed, needed a retry and was skipped, on a real system @req:A3", () => {
    expect(result.error).toBeUndefined();
    expect(server.requests).toEqual(["/health"]);
    expect(of("good").map(({ title, attempt, status }) => `${title} ${attempt} ${status}`)).toEqual([
      "answers @req:A1 1 passed",
      "adds up 1 failed",
      "wobbles 1 failed",
      "wobbles 2 passed",
      "is for later 1 skipped",
    ]);
    expect(of("good")[0]?.requirements).toEqual(["A1"]);
    expect(of("good")[1]?.error?.message).toContain("expected 2 to be 3");
  });

  it("tells who watches of each test as the bundle has it", () => {
    const told = result.events.flatMap((event) => (event.type === "test.finished" ? [event.id] : []));
    expect(told).toEqual(result.bundle.tests.map((test) => test.id));
  });

  it("finds a file that is no program, and a test that quits the process", () => {
    expect(of("torn").map((test) => test.status)).toEqual(["broken"]);
    expect(of("quits").map((test) => test.status)).toEqual(["passed", "broken"]);
    expect(statuses(result.bundle).join("\n")).toContain("process.exit");
  });

  it("leaves files of other suites alone", () => {
    expect(result.bundle.tests.map((test) => test.file)).not.toContain("suites/other.spec.ts");
  });
});

describe.concurrent("runVitest", () => {
  it("crashes when its process is killed", async () => {
    const { error } = await trial({
      "suites/a.test.ts": `${head}it("kills", () => { process.kill(process.ppid, "SIGKILL"); });`,
    });
    expect(error).toMatchObject({ code: "COMMAND_KILLED" });
  });

  it("crashes when no file matches", async () => {
    const { bundle, error } = await trial({ "suites/a.spec.ts": head });
    expect(bundle.tests).toEqual([]);
    expect(error).toMatchObject({
      code: "SUITE_CRASHED",
      message: "suite trial crashed: no test file matches suites/**/*.test.ts",
    });
  });

  it("stops when the suite takes too long", async () => {
    const files = { "suites/a.test.ts": `${head}it("waits", () => new Promise(() => {}));` };
    const { error, durationMs } = await trial(files, { timeoutMs: 300 });
    expect(error).toMatchObject({ code: "SUITE_TIMED_OUT" });
    expect(durationMs).toBeLessThan(8000);
  });

  it("ends even a test that spins when the run is called off @req:A3", async () => {
    await using watch = await watchProcesses();
    const spin = `${head}it("spins", async () => {
      await fetch("http://127.0.0.1:${watch.server.port}/started/" + process.pid);
      for (;;);
    });`;
    const { error } = await trial({ "suites/a.test.ts": spin }, { signal: watch.started });
    expect(error).toMatchObject({ message: "called off" });
    expect(await watch.areGone()).toBe(true);
  });
});
