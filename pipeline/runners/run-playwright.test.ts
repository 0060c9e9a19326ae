import { beforeAll, describe, expect, it, vi } from "vitest";
import type { SuiteOf } from "../config/index.ts";
import { fakeEnvironment, loopbackServer } from "../testing/fake-environment.ts";
import { foundTools } from "../testing/found-tools.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { linkPackages, type SuiteTrial, type TrialOptions, trySuite } from "../testing/try-suite.ts";
import { runPlaywright } from "./run-playwright.ts";

// Each starts processes of its own; on a busy machine that takes a while.
vi.setConfig({ testTimeout: 60_000 });

const head = 'import { expect, test } from "@playwright/test";\n';
const config = `import { defineConfig } from "@playwright/test";
export default defineConfig({
  testDir: "e2e",
  workers: 1,
  use: { launchOptions: { executablePath: process.env.GAUNTLET_CHROMIUM, args: JSON.parse(process.env.GAUNTLET_CHROMIUM_ARGS ?? "[]") } },
});
`;

async function trial(
  files: Record<string, string>,
  options: Partial<TrialOptions> & { timeoutMs?: number; packages?: string[] } = {},
) {
  await using folder = await temporaryFolder({ "package.json": "{}", "pw.config.ts": config, ...files });
  const { timeoutMs = 60_000, packages = ["@playwright/test", "allure-playwright"], ...rest } = options;
  await linkPackages(folder, ...packages);
  const suite = { runner: "playwright" as const, config: "pw.config.ts", timeoutMs };
  return await trySuite<SuiteOf<"playwright">>(runPlaywright, suite, { folder, ...rest });
}

describe("runPlaywright on files good and bad", () => {
  let result: SuiteTrial;

  beforeAll(async () => {
    const { chromium } = await foundTools();
    await using server = await loopbackServer((_, response) => {
      response.setHeader("content-type", "text/html").end("<title>Shop</title><h1>Welcome</h1>");
    });
    const page = `http://127.0.0.1:${server.port}/`;
    result = await trial(
      {
        "e2e/page.spec.ts": `${head}
test.describe("page", () => {
  test("greets @req:G1", async ({ page }) => {
    await page.goto("${page}");
    await expect(page.getByRole("heading")).toHaveText("Welcome");
  });
});`,
        "e2e/plain.spec.ts": `${head}
test("wobbles", ({}, info) => expect(info.retry).toBe(1));
test.skip("is for later", () => {});
test.describe("once", () => {
  test.describe.configure({ retries: 0 });
  test("adds up", () => expect(1 + 1).toBe(3));
  test("quits", () => process.exit(0));
});`,
      },
      {
        retries: 1,
        environment: fakeEnvironment({ web: [server.port] }),
        variables: {
          GAUNTLET_CHROMIUM: chromium.executablePath,
          GAUNTLET_CHROMIUM_ARGS: JSON.stringify(chromium.args),
        },
      },
    );
  });

  const of = (name: string) =>
    result.bundle.tests
      .filter((test) => test.file === `e2e/${name}.spec.ts`)
      .map(({ title, attempt, status }) => `${title.join(" > ")} ${attempt} ${status}`);

  it("drives the browser doctor found through a real page @req:A3", () => {
    expect(result.error).toBeUndefined();
    expect(of("page")).toEqual(["page > greets @req:G1 1 passed"]);
    expect(result.bundle.tests[0]?.requirements).toEqual(["G1"]);
  });

  it("records every attempt, and finds a test that quits its process", () => {
    expect(of("plain")).toEqual([
      "wobbles 1 failed",
      "wobbles 2 passed",
      "is for later 1 skipped",
      "once > adds up 1 failed",
      "once > quits 1 broken",
    ]);
  });
});

describe.concurrent("runPlaywright", () => {
  it("finds a file that is no program", async () => {
    const { bundle } = await trial({ "e2e/torn.spec.ts": `${head}test("never", () => {` });
    expect(new Set(bundle.tests.map((test) => test.status))).toEqual(new Set(["broken"]));
    expect(bundle.tests[0]?.error?.message).toContain("torn.spec.ts");
  });

  it("finds a suite without tests", async () => {
    const { bundle } = await trial({ "e2e/notes.txt": "" });
    expect(bundle.tests.map((test) => test.status)).toEqual(["broken"]);
    expect(bundle.tests[0]?.error?.message).toContain("No tests found");
  });

  it("crashes when the configuration cannot be read, and says why", async () => {
    const { bundle, error } = await trial({ "pw.config.ts": "export default {" });
    expect(bundle.tests.filter((test) => test.status === "passed")).toEqual([]);
    expect(error).toMatchObject({
      code: "SUITE_CRASHED",
      message: expect.stringContaining("pw.config.ts"),
    });
  });

  it("stops when the suite takes too long", async () => {
    const files = { "e2e/a.spec.ts": `${head}test("waits", () => new Promise(() => {}));` };
    const { error } = await trial(files, { timeoutMs: 300 });
    expect(error).toMatchObject({ code: "SUITE_TIMED_OUT" });
  });
});
