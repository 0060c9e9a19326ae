import { expect, it } from "vitest";
import { checkedConfig, smallConfig } from "../testing/small-config.ts";
import { describeConfig } from "./describe-config.ts";
import type { GauntletConfig } from "./schema.ts";

it("tells of each value whether the file says so or it is a default @req:A7", () => {
  const written: GauntletConfig = {
    ...smallConfig,
    suites: { smoke: { runner: "smoke", timeoutMs: 5000, endpoints: [{ service: "web" }] } },
  };
  const described = describeConfig(checkedConfig(written), written);
  const text = described.map(({ path, value, origin }) => `${path} = ${JSON.stringify(value)} (${origin})`);
  const expected = [
    'project = "shop" (file)',
    'environment.composeFiles[0] = "compose.yaml" (file)',
    "environment.variables = {} (default)",
    "environment.secrets = {} (default)",
    "environment.services.core.profiles = [] (default)",
    "environment.startTimeoutMs = 180000 (default)",
    'suites.smoke.runner = "smoke" (file)',
    'suites.smoke.endpoints[0].service = "web" (file)',
    'suites.smoke.endpoints[0].path = "/" (default)',
    "suites.smoke.timeoutMs = 5000 (file)",
    "suites.smoke.minTests = 1 (default)",
    "suites.smoke.after = [] (default)",
    "gates.rules = [] (default)",
    "profiles.pr = {} (file)",
  ];
  expect(text.toSorted()).toEqual(expected.toSorted());
});

it("shows where secrets come from, never their values", () => {
  const secrets = { token: { env: "SHOP_TOKEN" }, key: { generate: "aes-key" } } as const;
  const written: GauntletConfig = { ...smallConfig, environment: { ...smallConfig.environment, secrets } };
  const described = describeConfig(checkedConfig(written), written);
  expect(described.filter(({ path }) => path.includes("secrets"))).toEqual([
    { path: "environment.secrets.token.env", value: "SHOP_TOKEN", origin: "file" },
    { path: "environment.secrets.key.generate", value: "aes-key", origin: "file" },
  ]);
});
