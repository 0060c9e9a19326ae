import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "#core/clock";
import { gitHubContext, publishToGitHub, type RunReport, testErrorOf } from "../index.ts";
import {
  exampleBundle,
  exampleGoodRun,
  exampleRule,
  exampleRun,
  exampleTest,
} from "../writers/example-run.ts";
import { annotationsOf } from "./annotations.ts";
import { type FakeGitHub, startFakeGitHub } from "./fake-github.ts";

let github: FakeGitHub;
let root: string;
let slept: number[];
const clock: Clock = {
  now: () => 1_000_000,
  sleep: async (ms) => {
    slept.push(ms);
  },
};
beforeEach(async () => {
  github = await startFakeGitHub();
  root = await mkdtemp(join(tmpdir(), "gauntlet-github-"));
  slept = [];
});
afterEach(async () => {
  await github[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

function target() {
  return { apiUrl: github.url, token: "secret", owner: "o", repository: "r", sha: "abc", pullRequest: 7 };
}
const publish = (report: RunReport) => publishToGitHub(report, { target: target() }, { clock });

/** A run with so many failures that every limit is reached. */
function hugeRun(): RunReport {
  const run = exampleRun();
  const tests = Array.from({ length: 230 }, (_, n) =>
    exampleTest("api", "login", `test ${n}`, { status: "failed", error: testErrorOf("x".repeat(10_000)) }),
  );
  const rules = tests.map((_, n) =>
    exampleRule({ rule: `r${n}`, verdict: "FAIL", sentence: "ü".repeat(1000) }),
  );
  return { ...run, bundles: [exampleBundle("api", "vitest", tests)], verdict: { ...run.verdict, rules } };
}

describe("publishing to GitHub @req:A9", () => {
  it("posts a check run with annotations and one comment, which the next run edits", async () => {
    const published = await publish(exampleRun());
    expect(published).toEqual({
      checkRunUrl: "http://github.test/check",
      commentUrl: "http://github.test/comment/2",
      failures: [],
    });
    const check = github.requests[0];
    expect(check?.authorization).toBe("token secret");
    expect(check?.body).toMatchObject({
      name: "gauntlet / gate",
      head_sha: "abc",
      status: "completed",
      conclusion: "failure",
      output: { title: "FAIL: 1 of 5 rules passed" },
    });
    expect(check?.body["output"]).toHaveProperty("annotations");
    expect(annotationsOf(exampleRun().bundles)).toMatchSnapshot();
    await publish(exampleGoodRun());
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toMatch(/^<!-- gauntlet:gate -->\n## ✅ gauntlet: PASS/);
    expect(github.requests.findLast(({ path }) => path.endsWith("check-runs"))?.body["conclusion"]).toBe(
      "success",
    );
  });

  it.each([
    ["WARN", "success"],
    ["INCONCLUSIVE", "failure"],
    ["ERROR", "failure"],
  ] as const)("concludes %s as %s", async (verdict, conclusion) => {
    const run = exampleGoodRun();
    await publish({ ...run, verdict: { ...run.verdict, verdict } });
    expect(github.requests[0]?.body["conclusion"]).toBe(conclusion);
  });

  it("keeps GitHub's limits, and finds its comment among many, not one that a person made", async () => {
    const marked = "<!-- gauntlet:gate -->\nmine";
    github.comments.push({ id: 900, body: marked, user: { type: "User" } });
    for (let n = 0; n < 150; n++)
      github.comments.push({ id: 1000 + n, body: `c${n}`, user: { type: "Bot" } });
    github.comments.push({ id: 2000, body: marked, user: { type: "Bot" } });
    expect((await publish(hugeRun())).failures).toEqual([]);
    const sizes = github.requests
      .filter(({ path }) => path.includes("check-runs"))
      .map(({ body }) => (body["output"] as { annotations: unknown[] }).annotations.length);
    expect(sizes).toEqual([50, 50, 50, 50]);
    expect(github.comments.find(({ id }) => id === 2000)?.body).toContain("FAIL");
    expect(github.comments.find(({ id }) => id === 900)?.body).toBe(marked);
    expect(Buffer.byteLength(github.comments.at(-1)?.body ?? "")).toBeLessThanOrEqual(60_000);
  });

  it.each([
    [401, /not valid/],
    [403, /checks: write/],
    [404, /repository's name/],
    [422, /does not know the commit/],
  ])("reports %i and goes on with the rest, without a second try", async (status, hint) => {
    github.answerNext("check-runs", status);
    const { failures, commentUrl } = await publish(exampleRun());
    expect(failures).toEqual([
      {
        what: "check run",
        status,
        message: expect.stringContaining("planned"),
        hint: expect.stringMatching(hint),
      },
    ]);
    expect(commentUrl).toBeDefined();
    expect(slept).toEqual([]);
  });

  it("tries again after a server error, and gives up after three times", async () => {
    github.answerNext("check-runs", 502);
    github.answerNext("comments", 500);
    github.answerNext("comments", 503);
    github.answerNext("comments", 500);
    const { failures, checkRunUrl } = await publish(exampleRun());
    expect(checkRunUrl).toBeDefined();
    expect(failures).toMatchObject([
      { what: "pull request comment", status: 500, hint: expect.stringMatching(/later/) },
    ]);
    expect(slept).toEqual([1000, 1000, 2000]);
  });

  it("waits as long as a rate limit asks, but not longer than a minute", async () => {
    const secondary = "You have exceeded a secondary rate limit";
    github.answerNext("check-runs", 403, { "retry-after": "7" }, secondary);
    github.answerNext("check-runs", 429, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030" });
    github.answerNext("comments", 403, {}, secondary);
    expect((await publish(exampleRun())).failures).toEqual([]);
    expect(slept).toEqual([7000, 30_000, 60_000]);
    github.answerNext("check-runs", 429, { "retry-after": "3600" });
    expect((await publish(exampleRun())).failures).toMatchObject([
      { status: 429, hint: expect.stringMatching(/rate/) },
    ]);
  });

  it("says so when nobody answers", async () => {
    const gone = { ...target(), apiUrl: "http://127.0.0.1:9" };
    const { failures } = await publishToGitHub(exampleRun(), { target: gone }, { clock });
    expect(failures).toMatchObject([
      { what: "check run", hint: "could GitHub be reached from here?" },
      { what: "pull request comment" },
    ]);
    expect(failures[0]).not.toHaveProperty("status");
    expect(JSON.stringify(failures)).not.toContain("secret");
  });

  it("appends the job summary within what earlier steps left, and names a file that cannot be written", async () => {
    const summaryFile = join(root, "summary");
    await writeFile(summaryFile, "before\n");
    expect(await publishToGitHub(exampleRun(), { summaryFile })).toEqual({ failures: [] });
    expect(await readFile(summaryFile, "utf8")).toMatch(/^before\n## ❌ gauntlet: FAIL/);
    await writeFile(summaryFile, "x".repeat(899_500));
    await publishToGitHub(hugeRun(), { summaryFile });
    expect((await readFile(summaryFile)).length).toBe(899_500);
    const { failures } = await publishToGitHub(exampleRun(), { summaryFile: root });
    expect(failures).toMatchObject([{ what: "job summary" }]);
    expect(github.requests).toEqual([]);
  });
});

describe("what GitHub Actions tells a job", () => {
  const variables = {
    GITHUB_TOKEN: "t",
    GITHUB_REPOSITORY: "o/r",
    GITHUB_SHA: "merge",
    GITHUB_REF: "refs/pull/12/merge",
    GITHUB_STEP_SUMMARY: "/s",
  };

  it("is read from variables and the event", async () => {
    const event = join(root, "event.json");
    await writeFile(event, JSON.stringify({ pull_request: { number: 13, head: { sha: "head" } } }));
    expect(await gitHubContext({ ...variables, GITHUB_EVENT_PATH: event })).toMatchObject({
      target: { sha: "head", pullRequest: 13, owner: "o", repository: "r", apiUrl: "https://api.github.com" },
      summaryFile: "/s",
    });
    expect(await gitHubContext(variables)).toMatchObject({ target: { sha: "merge", pullRequest: 12 } });
    const push = await gitHubContext({
      ...variables,
      GITHUB_REF: "refs/heads/main",
      GITHUB_API_URL: "https://ghe/api/v3",
    });
    expect(push.target).toEqual({
      apiUrl: "https://ghe/api/v3",
      token: "t",
      owner: "o",
      repository: "r",
      sha: "merge",
    });
  });

  it("is not enough without token, repository or commit", async () => {
    expect(await gitHubContext({})).toEqual({});
    expect(await gitHubContext({ ...variables, GITHUB_TOKEN: "" })).toEqual({ summaryFile: "/s" });
    expect(await gitHubContext({ ...variables, GITHUB_REPOSITORY: "o" })).toEqual({ summaryFile: "/s" });
  });
});

it("annotates the line in the test's own file, and nothing that is no file", () => {
  const stack = "Error: x\n    at helper (/w/suites/lib.ts:3:1)\n    at /w/suites/api/login.api.test.ts:12:7";
  const failed = exampleTest("api", "login", "a", { status: "failed", error: testErrorOf("x", stack) });
  const noFile = exampleTest("load", "x", "b", { file: "gauntlet/load", status: "broken" });
  const notes = annotationsOf([
    exampleBundle("api", "vitest", [failed]),
    exampleBundle("load", "k6", [noFile]),
  ]);
  expect(notes.map(({ path, start_line }) => [path, start_line])).toEqual([
    ["suites/api/login.api.test.ts", 12],
  ]);
});
