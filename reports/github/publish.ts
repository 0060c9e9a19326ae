import { appendFile, stat } from "node:fs/promises";
import { Octokit } from "@octokit/rest";
import { type Clock, systemClock } from "#core/clock";
import { exitCodeOf } from "#core/verdict";
import { markdownSummary, summaryBudgetBytes } from "../writers/markdown.ts";
import type { RunReport } from "../writers/run-report.ts";
import { type Annotation, annotationsOf } from "./annotations.ts";
import { patiently } from "./patiently.ts";
import type { GitHubContext, GitHubTarget } from "./target.ts";

/** Something that could not be posted. It leaves the verdict alone; the caller ends with exit code 6. */
export interface PublishFailure {
  what: "job summary" | "check run" | "pull request comment";
  /** HTTP status, where there was an answer. */
  status?: number;
  message: string;
  hint: string;
}

export interface Published {
  /** Addresses of what was posted. */
  checkRunUrl?: string;
  commentUrl?: string;
  failures: PublishFailure[];
}

export interface PublishOptions {
  clock?: Clock;
  signal?: AbortSignal;
}

export const checkName = "gauntlet / gate";

/** GitHub's own limits: annotations in a request, characters in a check run's summary and in a comment (65,535). */
const annotationsPerRequest = 50;
const maxAnnotations = 200;
const bodyBudgetBytes = 60_000;

/**
 * Posts the report: job summary, check run, and on a pull request one comment that is edited from run to run. Each is tried
 * whether or not another failed; never throws for what GitHub answers.
 */
export async function publishToGitHub(
  report: RunReport,
  context: GitHubContext,
  options: PublishOptions = {},
): Promise<Published> {
  const failures: PublishFailure[] = [];
  const attempt = async <T>(what: PublishFailure["what"], post: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await post();
    } catch (error) {
      failures.push(failureOf(what, error));
      return undefined;
    }
  };
  const { summaryFile, target } = context;
  if (summaryFile !== undefined) await attempt("job summary", () => appendSummary(summaryFile, report));
  if (target === undefined) return { failures };
  const api = connect(target, options);
  const checkRunUrl = await attempt("check run", () => postCheckRun(api, target, report));
  const commentUrl =
    target.pullRequest === undefined
      ? undefined
      : await attempt("pull request comment", () =>
          postComment(api, target, target.pullRequest ?? 0, report),
        );
  return {
    failures,
    ...(checkRunUrl === undefined ? {} : { checkRunUrl }),
    ...(commentUrl === undefined ? {} : { commentUrl }),
  };
}

/** Steps of one job share the file and its limit. */
async function appendSummary(file: string, report: RunReport): Promise<void> {
  const used = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  const left = summaryBudgetBytes - used;
  if (left > 1000) await appendFile(file, `${markdownSummary(report, left)}\n`);
}

type Api = <T>(call: (octokit: Octokit) => Promise<{ data: T }>) => Promise<T>;

function connect({ apiUrl, token }: GitHubTarget, { clock = systemClock, signal }: PublishOptions): Api {
  const octokit = new Octokit({
    baseUrl: apiUrl,
    auth: token,
    userAgent: "gauntlet",
    log: { debug() {}, info() {}, warn() {}, error() {} },
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, {
          ...init,
          signal: AbortSignal.any([AbortSignal.timeout(20_000), ...(signal ? [signal] : [])]),
        }),
    },
  });
  return async (call) => (await patiently(() => call(octokit), clock, signal)).data;
}

/**
 * PASS and WARN conclude `success`, all else `failure`: `neutral` and `skipped` would satisfy a required check.
 * Annotations beyond the first fifty follow in further requests.
 */
async function postCheckRun(api: Api, target: GitHubTarget, report: RunReport): Promise<string> {
  const where = { owner: target.owner, repo: target.repository };
  const [first = [], ...rest] = batches(annotationsOf(report.bundles).slice(0, maxAnnotations));
  const output = {
    title: titleOf(report),
    summary: markdownSummary(report, bodyBudgetBytes),
  };
  const created = await api((octokit) =>
    octokit.rest.checks.create({
      ...where,
      name: checkName,
      head_sha: target.sha,
      status: "completed",
      conclusion: exitCodeOf(report.verdict.verdict) === 0 ? "success" : "failure",
      external_id: report.run.id,
      output: { ...output, annotations: first },
    }),
  );
  for (const annotations of rest) {
    await api((octokit) =>
      octokit.rest.checks.update({ ...where, check_run_id: created.id, output: { ...output, annotations } }),
    );
  }
  return created.html_url ?? created.url;
}

/** How the comment is found again; invisible where it is read. */
const marker = "<!-- gauntlet:gate -->";

async function postComment(
  api: Api,
  target: GitHubTarget,
  pullRequest: number,
  report: RunReport,
): Promise<string> {
  const where = { owner: target.owner, repo: target.repository };
  const body = `${marker}\n${markdownSummary(report, bodyBudgetBytes - marker.length - 1)}`;
  const existing = await findComment(api, where, pullRequest);
  const comment =
    existing === undefined
      ? await api((octokit) =>
          octokit.rest.issues.createComment({ ...where, issue_number: pullRequest, body }),
        )
      : await api((octokit) => octokit.rest.issues.updateComment({ ...where, comment_id: existing, body }));
  return comment.html_url;
}

/** Anybody can write the marker into a comment; only one whose text begins with it, by a bot, is ours. */
async function findComment(
  api: Api,
  where: { owner: string; repo: string },
  pullRequest: number,
): Promise<number | undefined> {
  for (let page = 1; page <= 30; page++) {
    const comments = await api((octokit) =>
      octokit.rest.issues.listComments({ ...where, issue_number: pullRequest, per_page: 100, page }),
    );
    const own = comments.find(({ body, user }) => user?.type === "Bot" && body?.startsWith(marker));
    if (own !== undefined) return own.id;
    if (comments.length < 100) return undefined;
  }
  return undefined;
}

function titleOf({ verdict }: RunReport): string {
  const passed = verdict.rules.filter((rule) => rule.verdict === "PASS").length;
  return `${verdict.verdict}: ${passed} of ${verdict.rules.length} rules passed`;
}

function batches(annotations: readonly Annotation[]): Annotation[][] {
  return Array.from({ length: Math.ceil(annotations.length / annotationsPerRequest) }, (_, index) =>
    annotations.slice(index * annotationsPerRequest, (index + 1) * annotationsPerRequest),
  );
}

function failureOf(what: PublishFailure["what"], error: unknown): PublishFailure {
  const status = (error as { status?: unknown }).status;
  const message = error instanceof Error ? error.message : String(error);
  const hasAnswer = typeof status === "number" && (error as { response?: unknown }).response !== undefined;
  return {
    what,
    ...(hasAnswer ? { status } : {}),
    message,
    hint:
      what === "job summary"
        ? "is GITHUB_STEP_SUMMARY a file that can be written?"
        : hintOf(hasAnswer ? status : 0, what),
  };
}

function hintOf(status: number, what: PublishFailure["what"]): string {
  const permission = what === "check run" ? "checks: write" : "pull-requests: write";
  if (status === 401) return "the token is not valid (any more)";
  if (status === 403)
    return `does the job have the permission \`${permission}\`? Pull requests from forks have none: post from a workflow_run`;
  if (status === 404) return `is the repository's name right, and may the token see it (\`${permission}\`)?`;
  if (status === 422) return "GitHub does not know the commit, or refuses the content";
  if (status === 429) return "GitHub limits the rate of requests; try again later";
  return status >= 500
    ? "GitHub has trouble of its own; try again later"
    : "could GitHub be reached from here?";
}
