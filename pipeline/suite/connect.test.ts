import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { browserLaunch, connect } from "./index.ts";

let folder: string;
let variables: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-connect-"));
  variables = {
    GAUNTLET_ENVIRONMENT: join(folder, "environment.json"),
    GAUNTLET_SECRETS: join(folder, "secrets.json"),
  };
  await writeFile(
    join(folder, "environment.json"),
    JSON.stringify({
      v: 1,
      id: "e1",
      project: "gauntlet-e1",
      anchor: "2026-01-05T13:00:00.000Z",
      seed: 1,
      services: {
        edge: {
          image: "x",
          inside: "edge",
          hasHealthcheck: true,
          isOneShot: false,
          endpoints: [{ target: 8080, protocol: "tcp", host: "127.0.0.1", port: 20001 }],
        },
      },
      tenants: ["acme"],
      groundTruth: {},
      caFile: null,
      fingerprint: "f",
    }),
  );
  await writeFile(join(folder, "secrets.json"), JSON.stringify({ password: "s3cret" }));
});
afterAll(() => rm(folder, { recursive: true }));

it("tells a suite where the system is and what it needs to log in", () => {
  const system = connect(variables);
  expect(system.url("edge", "/health")).toBe("http://127.0.0.1:20001/health");
  expect(system.endpoint("edge")).toEqual({ host: "127.0.0.1", port: 20001 });
  expect(system.secret("password")).toBe("s3cret");
});

it("says what to do outside of a run and what secrets there are", () => {
  expect(() => connect({})).toThrow(expect.objectContaining({ code: "NOT_IN_A_RUN", exitCode: 2 }));
  expect(() => connect(variables).secret("token")).toThrow(
    expect.objectContaining({ hint: "secrets: password" }),
  );
});

it("hands on the browser doctor found, or leaves the choice to Playwright", () => {
  expect(
    browserLaunch({ GAUNTLET_CHROMIUM: "/usr/bin/chromium", GAUNTLET_CHROMIUM_ARGS: '["--no-sandbox"]' }),
  ).toEqual({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  expect(browserLaunch({})).toEqual({ args: [] });
});
