import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  openBundle,
  type ReadResults,
  readBundle,
  readK6Summary,
  readPlaywrightReport,
  readVitestReport,
} from "../index.ts";

/** Reports written by the tools themselves, places made neutral. */
async function fixture(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(import.meta.dirname, "fixtures", name), "utf8")) as Record<
    string,
    unknown
  >;
}

const options = { suite: "e2e", root: "/project" };
const k6Options = {
  suite: "load",
  file: "load/search.k6.ts",
  startedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 90,
};

const lines = ({ tests }: ReadResults) =>
  tests.map(({ file, title, attempt, status, error }) =>
    [status, `#${attempt}`, file, title.join(" > "), error?.message.split("\n")[0]]
      .filter(Boolean)
      .join(" | "),
  );

/** All that is read must be something a bundle takes. */
async function stored(results: ReadResults) {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-readers-"));
  try {
    await using writer = await openBundle(join(folder, "b"), {
      suite: results.tests[0]?.suite ?? "any",
      runner: "x",
    });
    for (const test of results.tests) await writer.test(test);
    for (const metric of results.metrics) await writer.metric(metric);
    await writer.finish({ status: "complete" });
    return await readBundle(join(folder, "b"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("Playwright's report @req:A9", () => {
  it("gives every attempt in every project", async () => {
    const results = readPlaywrightReport(await fixture("playwright.json"), options);
    expect(lines(results)).toMatchSnapshot();
    const bundle = await stored(results);
    expect(bundle.manifest?.counts).toEqual({
      tests: 16,
      passed: 6,
      failed: 2,
      broken: 4,
      skipped: 4,
      flaky: 2,
      attempts: 26,
      metrics: 0,
    });
    expect(bundle.tests[0]?.requirements).toEqual(["G1", "G3"]);
    expect(bundle.tests[0]?.attachments).toHaveLength(1);
  });

  it("keeps a test's id when another project joins", async () => {
    const report = await fixture("playwright.json");
    const both = readPlaywrightReport(report, options);
    const alone = readPlaywrightReport(
      { ...report, config: { rootDir: "/project/specs", projects: [{ name: "chromium" }] } },
      options,
    );
    expect(alone.tests[0]?.id).toBe(both.tests[0]?.id);
    expect(alone.tests[0]?.title).toEqual(["login @req:G1", "works @req:G3"]);
    expect(both.tests[0]?.title[0]).toBe("[chromium]");
  });

  it("does not lose errors outside tests, nor a test that passes though it must not", async () => {
    const report = {
      config: { rootDir: "/project", projects: [] },
      errors: [{ message: "no such config" }, { value: "thrown string" }],
      stats: { startTime: "2026-01-01T00:00:00Z" },
      suites: [
        {
          title: "a.spec.ts",
          specs: [
            {
              title: "known bad",
              file: "a.spec.ts",
              tests: [
                {
                  expectedStatus: "failed",
                  results: [{ status: "passed", duration: 1, retry: 0, startTime: "2026-01-01T00:00:00Z" }],
                },
                { expectedStatus: "passed", results: [] },
                {
                  expectedStatus: "passed",
                  results: [
                    { status: "interrupted", duration: 1, retry: 0, startTime: "2026-01-01T00:00:00Z" },
                  ],
                },
              ],
            },
          ],
        },
      ],
    };
    expect(lines(readPlaywrightReport(report, options))).toEqual([
      "failed | #1 | a.spec.ts | known bad | expected the test to end failed, but it passed",
      "skipped | #1 | a.spec.ts | known bad",
      "broken | #1 | a.spec.ts | known bad | the test ended interrupted",
      "broken | #1 | playwright (1) | playwright (1) > outside its tests | no such config",
      "broken | #1 | playwright (2) | playwright (2) > outside its tests | thrown string",
    ]);
  });

  it("copies attachments into the bundle and leaves out what is gone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gauntlet-readers-"));
    await writeFile(join(folder, "x.png"), "png");
    const run = (attachments: object[]) => ({
      ...({ status: "passed", duration: 1, retry: 0, startTime: "2026-01-01T00:00:00Z" } as const),
      attachments,
    });
    const report = {
      config: { rootDir: "/project", projects: [] },
      stats: { startTime: "2026-01-01T00:00:00Z" },
      suites: [
        {
          title: "a",
          specs: [
            {
              title: "t",
              file: "a.spec.ts",
              tests: [
                {
                  expectedStatus: "passed",
                  results: [
                    run([
                      { name: "screenshot", path: join(folder, "x.png") },
                      { name: "trace", path: join(folder, "gone.zip") },
                      { name: "empty" },
                    ]),
                  ],
                },
              ],
            },
          ],
        },
      ],
    };
    const bundle = await stored(readPlaywrightReport(report, options));
    expect(bundle.tests[0]?.attachments.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^attachments\/[0-9a-f]{12}-screenshot\.png$/),
    ]);
    await rm(folder, { recursive: true });
  });
});

describe("Vitest's report @req:A9", () => {
  it("gives tests, earlier attempts, files that did not load and failed hooks", async () => {
    const results = readVitestReport(await fixture("vitest.json"), options);
    expect(lines(results)).toMatchSnapshot();
    expect((await stored(results)).manifest?.counts).toMatchObject({
      tests: 9,
      passed: 2,
      failed: 1,
      broken: 3,
      skipped: 3,
      flaky: 1,
    });
  });

  it("tells tests of one name apart and believes a failed run without failed tests", () => {
    const test = { ancestorTitles: [], title: "same", status: "passed" };
    const odd = { ancestorTitles: [], title: "odd", status: "exploded" };
    const file = {
      name: "/project/a.test.ts",
      status: "passed",
      startTime: 0,
      assertionResults: [test, test],
    };
    const results = readVitestReport({ success: false, startTime: 0, testResults: [file] }, options);
    expect(new Set(results.tests.map(({ id }) => id)).size).toBe(3);
    expect(lines(results).at(-1)).toBe(
      "broken | #1 | vitest | vitest > outside its tests | the run failed although no test did",
    );
    const strange = readVitestReport(
      { success: true, startTime: 0, testResults: [{ ...file, assertionResults: [odd] }] },
      options,
    );
    expect(lines(strange)).toEqual(["broken | #1 | a.test.ts | odd | the test ended exploded"]);
  });
});

describe("k6's summary @req:A9", () => {
  it.each(["k6-handle-summary.json", "k6-summary-export.json"])("in the shape of %s", async (name) => {
    const results = readK6Summary(await fixture(name), { ...k6Options, exitCode: 99 });
    const statuses = results.tests.map(({ title, status }) => `${status} ${title.join(" > ")}`).sort();
    expect(statuses).toEqual([
      "failed checks > bad > also 200",
      "failed thresholds > checks rate>0.9",
      "failed thresholds > http_req_duration p(99)<0.001",
      "passed checks > status is 200 @req:B6",
      "passed thresholds > http_req_duration p(95)<500",
      "passed thresholds > http_req_duration{name:bad} p(95)<500",
    ]);
    const bundle = await stored(results);
    expect(bundle.status).toBe("complete");
    const metric = (wanted: string) =>
      bundle.metrics
        .filter((record) => record.name === wanted)
        .map(({ kind, unit, labels }) => ({ kind, unit, labels }));
    expect(metric("http_req_duration")).toEqual(
      expect.arrayContaining([
        { kind: "distribution", unit: "ms", labels: {} },
        { kind: "distribution", unit: "ms", labels: { name: "bad" } },
      ]),
    );
    expect(metric("search_duration")).toEqual([{ kind: "distribution", unit: "ms", labels: {} }]);
    expect(metric("data_sent")).toEqual([{ kind: "counter", unit: "By", labels: {} }]);
    expect(metric("data_sent_per_second")).toEqual([{ kind: "gauge", unit: "By/s", labels: {} }]);
    expect(metric("http_req_failed")).toEqual([{ kind: "rate", unit: "1", labels: {} }]);
    expect(metric("level")).toEqual([{ kind: "gauge", unit: "1", labels: {} }]);
    const searches = bundle.metrics.find((record) => record.name === "search_duration");
    expect(searches && "histogram" in searches && searches.histogram.count).toBe(20);
  });

  it("in k6 2's shape, which hides the thresholds: the exit code tells", async () => {
    const report = await fixture("k6-machine-readable.json");
    const crossed = readK6Summary(report, { ...k6Options, exitCode: 99 });
    expect(lines(crossed)).toMatchInlineSnapshot(`
      [
        "failed | #1 | load/search.k6.ts | thresholds > all are met | k6 says that thresholds were crossed (exit 99); its summary does not say which",
        "passed | #1 | load/search.k6.ts | checks > status is 200 @req:B6",
        "failed | #1 | load/search.k6.ts | checks > also 200 | 20 of 20 failed",
      ]
    `);
    expect(readK6Summary(report, k6Options).tests).toHaveLength(2);
    const bundle = await stored(crossed);
    const failed = bundle.metrics.find(({ name }) => name === "http_req_failed");
    expect(failed).toMatchObject({ histogram: { count: 40, sum: 20 } });
    expect(
      bundle.metrics.find(
        ({ name, labels }) => name === "http_req_duration" && !labels["name"] && !labels["expected_response"],
      ),
    ).toMatchObject({
      histogram: { count: 40 },
    });
    expect(bundle.metrics.find(({ name }) => name === "search_duration")).toMatchObject({
      histogram: { count: 0 },
    });
  });

  it("calls a threshold over no samples broken, though k6 calls it met", () => {
    const metrics = {
      errors: {
        type: "rate",
        contains: "default",
        values: { rate: 0, passes: 0, fails: 0 },
        thresholds: { "rate<0.1": { ok: true } },
      },
      search: {
        type: "trend",
        contains: "time",
        values: { avg: 0, max: 0 },
        thresholds: { "p(95)<1": { ok: true } },
      },
    };
    const results = readK6Summary({ metrics, root_group: { name: "" } }, k6Options);
    expect(lines(results)).toEqual([
      "broken | #1 | load/search.k6.ts | thresholds > errors rate<0.1 | errors has no samples",
      "broken | #1 | load/search.k6.ts | thresholds > search p(95)<1 | search has no samples",
    ]);
  });

  it("lets a threshold on checks judge the checks, and fails them without one", () => {
    const read = (thresholds: object) =>
      readK6Summary(
        {
          metrics: {
            checks: {
              type: "rate",
              contains: "default",
              values: { rate: 0.9, passes: 9, fails: 1 },
              thresholds,
            },
          },
          root_group: {
            name: "",
            checks: [
              { name: "ok", passes: 9, fails: 1 },
              { name: "never", passes: 0, fails: 0 },
            ],
          },
        },
        k6Options,
      ).tests.map(({ status }) => status);
    expect(read({})).toEqual(["failed", "skipped"]);
    expect(read({ "rate>0.8": { ok: true } })).toEqual(["passed", "passed", "skipped"]);
    expect(read({ "rate>0.95": { ok: false } })).toEqual(["failed", "failed", "skipped"]);
  });
});

it.each([
  ["Playwright", () => readPlaywrightReport({ suites: 1 }, options)],
  ["Vitest", () => readVitestReport(null, options)],
  ["k6", () => readK6Summary({ metrics: [] }, k6Options)],
])("refuses what is no %s report", (tool, read) => {
  expect(read).toThrow(
    expect.objectContaining({
      code: "UNREADABLE_REPORT",
      message: expect.stringContaining(`no ${tool} report`),
    }),
  );
});
