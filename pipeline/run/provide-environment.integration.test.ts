import { readFile } from "node:fs/promises";
import { afterEach, expect, it, vi } from "vitest";
import { environmentDescriptorSchema } from "#core/environment";
import { removeEnvironment } from "#environments";
import { planRun } from "../plan/index.ts";
import { suiteVariables } from "../runners/suite-variables.ts";
import { fakeEnvironment } from "../testing/fake-environment.ts";
import { checkedConfig } from "../testing/small-config.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { provideEnvironment } from "./provide-environment.ts";
import { provideTools } from "./provide-tools.ts";

vi.setConfig({ testTimeout: 120_000 });
afterEach(() => {
  vi.unstubAllEnvs();
});

const config = {
  project: "shop",
  environment: { composeFiles: ["compose.yaml"], secrets: { token: { env: "SHOP_TOKEN" } } },
  suites: { smoke: { runner: "smoke" } },
  profiles: { pr: {} },
};
const compose = (command: string) =>
  `services:\n  web: { image: "debian:trixie-slim", init: true, ports: ["80"], command: ${command} }\n`;
const serve = JSON.stringify([
  ...["perl", "-MIO::Socket::INET", "-e"],
  "$$s = IO::Socket::INET->new(LocalPort => 80, Listen => 16, ReuseAddr => 1); close $$s->accept while 1",
]);
const options = {
  services: "core",
  ttlMs: 600_000,
  seed: 7,
  withData: true,
  variables: { SHOP_TOKEN: "canary-4711" },
  signal: new AbortController().signal,
  events: () => {},
};

it("provides an environment to work in by hand, and says where to find what @req:A2", async () => {
  await using folder = await temporaryFolder({
    "gauntlet.config.ts": `export default ${JSON.stringify(config)};`,
    "compose.yaml": compose(serve),
  });
  const provided = await provideEnvironment(folder.path, options);
  try {
    const stored = JSON.parse(await readFile(provided.environmentFile, "utf8"));
    expect(environmentDescriptorSchema.parse(stored)).toMatchObject({ seed: 7, id: provided.environment.id });
    expect(JSON.parse(await readFile(provided.secretsFile, "utf8"))).toEqual({ token: "canary-4711" });
  } finally {
    await removeEnvironment(provided.environment.id);
  }
});

it("names what the machine lacks and how to get it, with exit 4", async () => {
  vi.stubEnv("GAUNTLET_K6", "/nowhere/k6");
  const load = checkedConfig({ suites: { load: { runner: "k6", urls: [{ service: "web" }] } } });
  const run = {
    plan: planRun(load, { profile: "pr" }),
    options: { install: false, confirm: async () => false, signal: options.signal },
    events: options.events,
  };
  await expect(provideTools(run as unknown as Parameters<typeof provideTools>[0])).rejects.toMatchObject({
    code: "DOCTOR",
    exitCode: 4,
    message: expect.stringContaining("/nowhere/k6"),
    hint: expect.stringContaining("doctor --install"),
  });
});

it("tells a suite's process where the services are and which browser to take, no secret", async () => {
  const environment = fakeEnvironment({ "web-front": [20001], worker: [] });
  const tools = { k6: undefined, chromium: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] } };
  expect(await suiteVariables(environment, "/run/environment.json", tools)).toMatchObject({
    GAUNTLET_ENVIRONMENT: "/run/environment.json",
    GAUNTLET_SECRETS: environment.secretsFile,
    GAUNTLET_URL_WEB_FRONT: "http://127.0.0.1:20001",
    GAUNTLET_CHROMIUM: "/usr/bin/chromium",
    GAUNTLET_CHROMIUM_ARGS: '["--no-sandbox"]',
    GAUNTLET_SEED: "42",
  });
});
