import { afterEach, expect, it } from "vitest";
import { listEnvironments, removeEnvironment } from "#environments";
import { type GauntletConfig, loadConfig } from "../config/index.ts";
import { planRun } from "../plan/index.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { KeptEnvironment } from "./keep-environment.ts";
import { type RunOptions, type RunOutcome, runPlan } from "./run-plan.ts";

const serve =
  'my $$s = IO::Socket::INET->new(LocalPort => 80, Listen => 16, ReuseAddr => 1) or die; while (my $$c = $$s->accept) { my $$l = <$$c> // ""; print $$c "HTTP/1.0 ", ($$l =~ /broken/ ? 500 : 200), " .\\r\\n\\r\\nok"; close $$c }';

const compose = `
services:
  web:
    image: debian:trixie-slim
    init: true
    command: ["perl", "-MIO::Socket::INET", "-e", ${JSON.stringify(serve)}]
    ports: ["80"]
`;

const config: GauntletConfig = {
  project: "shop",
  environment: { composeFiles: ["compose.yaml"] },
  suites: {
    good: { runner: "smoke", endpoints: [{ service: "web" }] },
    bad: { runner: "smoke", endpoints: [{ service: "web", path: "/broken" }] },
  },
  profiles: { pr: {} },
};

let kept: KeptEnvironment | undefined;
afterEach(async () => {
  if (kept) await removeEnvironment(kept.id);
  kept = undefined;
});

async function run(suite: string, options: Partial<RunOptions>): Promise<RunOutcome> {
  await using folder = await temporaryFolder({
    "compose.yaml": compose,
    "gauntlet.config.ts": `export default ${JSON.stringify(config)};`,
  });
  const loaded = await loadConfig(folder.path);
  const outcome = await runPlan(loaded, planRun(loaded.config, { profile: "pr", suites: [suite] }), {
    command: "gauntlet run pr",
    install: false,
    confirm: async () => false,
    keepOnFailure: true,
    variables: {},
    signal: new AbortController().signal,
    listeners: [],
    ...options,
  });
  kept = outcome.answer["kept"] as KeptEnvironment | undefined;
  return outcome;
}

it("keeps the environment of a run that failed for an hour, and says where it is @req:A1", async () => {
  const outcome = await run("bad", {});
  expect(outcome.verdict).toBe("FAIL");
  if (kept === undefined) throw new Error("nothing was kept");
  const { id, until, addresses } = kept;
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(59 * 60_000);
  const address = addresses.find((one) => one.startsWith("web "))?.split(" ")[1] ?? "";
  expect(await (await fetch(address)).text()).toBe("ok");
  expect(outcome.summary).toContain(`gauntlet env down ${id}`);
  expect(await listEnvironments()).toContainEqual(expect.objectContaining({ id, state: "running" }));
}, 60_000);

it("keeps nothing when the run passed, or nobody asked @req:A1", async () => {
  const before = (await listEnvironments()).length;
  expect((await run("good", {})).verdict).toBe("PASS");
  expect(kept).toBeUndefined();
  expect((await run("bad", { keepOnFailure: false })).verdict).toBe("FAIL");
  expect(kept).toBeUndefined();
  expect((await listEnvironments()).length).toBe(before);
}, 60_000);
