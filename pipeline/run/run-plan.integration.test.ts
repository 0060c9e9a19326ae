import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommand } from "#core/command";
import type { RunEvent } from "#core/ports";
import { listEnvironments } from "#environments";
import { type GauntletConfig, loadConfig } from "../config/index.ts";
import { planRun } from "../plan/index.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { linkPackages } from "../testing/try-suite.ts";
import { judgeRuns } from "./judge.ts";
import { type RunOutcome, runPlan } from "./run-plan.ts";

vi.setConfig({ testTimeout: 120_000 });

const serve =
  '$$s = IO::Socket::INET->new(LocalPort => 80, Listen => 16, ReuseAddr => 1) or die; while ($$c = $$s->accept) { print $$c "HTTP/1.0 200 OK\\r\\n\\r\\nok"; close $$c }';

const compose = `
services:
  web:
    image: debian:trixie-slim
    init: true
    command: ["perl", "-MIO::Socket::INET", "-e", ${JSON.stringify(serve)}]
    ports: ["80"]
    secrets: [token]
  sick:
    image: debian:trixie-slim
    profiles: [sick]
    command: ["sh", "-c", "echo out of licences; exit 3"]
    healthcheck: { test: ["CMD", "false"], interval: 5s }
secrets:
  token: { file: "\${GAUNTLET_SECRETS_DIR:?}/token" }
`;

const suite = `
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
it("serves @req:A1", async () => {
  const response = await fetch(process.env.GAUNTLET_URL_WEB);
  expect(await response.text()).toBe("ok");
});
it("is told the secret", () => {
  expect(JSON.parse(readFileSync(process.env.GAUNTLET_SECRETS, "utf8")).token).toBe("canary-7391");
});
`;

const config: GauntletConfig = {
  project: "shop",
  environment: {
    composeFiles: ["compose.yaml"],
    secrets: { token: { env: "SHOP_TOKEN" } },
    services: { core: {}, sick: { profiles: ["sick"] } },
  },
  suites: {
    smoke: { runner: "smoke" },
    api: { runner: "vitest", files: ["api.test.ts"] },
    wrong: { runner: "vitest", files: ["wrong.test.ts"] },
    endless: { runner: "vitest", files: ["endless.test.ts"] },
  },
  profiles: { pr: { suites: ["smoke", "api"] } },
};

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder({
    "package.json": '{"type":"module"}',
    "compose.yaml": compose,
    "gauntlet.config.ts": `export default ${JSON.stringify(config)};`,
    "api.test.ts": suite,
    "wrong.test.ts": 'import { expect, it } from "vitest";\nit("adds up", () => expect(1 + 1).toBe(3));',
    "endless.test.ts": 'import { it } from "vitest";\nit("waits", () => new Promise(() => {}), 60_000);',
  });
  await linkPackages(folder, "vitest");
});
afterAll(() => folder[Symbol.asyncDispose]());

async function run(options: {
  suites?: string[];
  services?: string;
  stop?: (event: RunEvent, stop: AbortController) => void;
}) {
  const { suites = [], services = "core" } = options;
  const loaded = await loadConfig(folder.path);
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const listen = (event: RunEvent) => {
    events.push(event);
    options.stop?.(event, stop);
  };
  const outcome = await runPlan(loaded, planRun(loaded.config, { profile: "pr", suites, services }), {
    command: "gauntlet run pr",
    install: false,
    confirm: async () => false,
    keepOnFailure: false,
    variables: { SHOP_TOKEN: "canary-7391", GITHUB_OUTPUT: folder.file("outputs") },
    signal: stop.signal,
    listeners: [listen],
  }).catch((error: unknown) => error);
  return { outcome, events };
}

async function newestRun(): Promise<string> {
  const runs = await readdir(folder.file(".gauntlet/runs"));
  return folder.file(".gauntlet/runs", runs.sort().at(-1) ?? "");
}

/** Environments and containers that were made of this test's folder. */
async function left(): Promise<unknown[]> {
  const filter = `label=com.docker.compose.project.working_dir=${folder.path}`;
  const { stdout } = await runCommand("docker", ["ps", "--all", "--quiet", "--filter", filter]);
  const records = await listEnvironments();
  return [
    ...stdout.split("\n").filter(Boolean),
    ...records.filter((one) => JSON.stringify(one).includes(folder.path)),
  ];
}

describe("runPlan", () => {
  it("starts the system, runs the suites, judges, reports and leaves nothing @req:A1 @req:A3 @req:A9", async () => {
    const { outcome, events } = await run({});
    expect(outcome).toMatchObject({ exitCode: 0, verdict: "PASS" });
    const { answer, summary } = outcome as RunOutcome;
    const path = String(answer["folder"]);
    const stages = events.flatMap((event) => (event.type === "stage.finished" ? [event.stage] : []));
    expect(stages).toEqual(["doctor", "environment", "seed", "suites", "teardown", "gate", "report"]);
    expect(await readdir(path)).toEqual(
      expect.arrayContaining([
        "run.json",
        "plan.json",
        "environment.json",
        "verdict.json",
        "events.jsonl",
        "junit.xml",
        "summary.md",
      ]),
    );
    expect(await readFile(`${path}/verdict.json`, "utf8")).toBe((await judgeRuns([path])).bytes);
    expect(JSON.parse(await readFile(`${path}/run.json`, "utf8"))).toMatchObject({
      state: "finished",
      verdict: "PASS",
    });
    expect(await readFile(folder.file("outputs"), "utf8")).toContain("verdict=PASS");
    expect(summary).toContain("PASS");
    expect(await left()).toEqual([]);
  });

  it("keeps secrets out of all that a run leaves @req:A2", async () => {
    const path = await newestRun();
    const files = await readdir(path, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map((file) => readFile(`${file.parentPath}/${file.name}`, "latin1")),
    );
    expect(texts.length).toBeGreaterThan(8);
    expect(texts.filter((text) => text.includes("canary-7391"))).toEqual([]);
  });

  it("fails when a test does, and reports all the same @req:A5", async () => {
    const { outcome } = await run({ suites: ["wrong"] });
    expect(outcome).toMatchObject({ exitCode: 1, verdict: "FAIL" });
    expect((outcome as RunOutcome).summary).toContain("adds up");
    expect(await readFile(`${await newestRun()}/junit.xml`, "utf8")).toContain("expected 2 to be 3");
  });

  it("ends with exit 4 and the last words of a service that cannot start", async () => {
    const { outcome } = await run({ services: "sick", suites: ["smoke"] });
    expect(outcome).toMatchObject({ exitCode: 4, message: expect.stringContaining("out of licences") });
    expect(JSON.parse(await readFile(`${await newestRun()}/run.json`, "utf8"))).toMatchObject({
      state: "failed",
    });
    expect(await left()).toEqual([]);
  });

  it("stops, cleans up and says why when it is called off in the middle of a suite", async () => {
    const reason = new Error("interrupted: received SIGINT");
    let there: unknown[] = [];
    const lookAndStop = async (stop: AbortController) => {
      there = await left();
      stop.abort(reason);
    };
    const { outcome, events } = await run({
      suites: ["endless"],
      stop: (event, stop) => event.type === "suite.started" && void lookAndStop(stop),
    });
    expect(there).not.toEqual([]);
    expect(outcome).toBe(reason);
    expect(events.map((event) => event.type)).not.toContain("gate.finished");
    expect(await left()).toEqual([]);
  });
});
