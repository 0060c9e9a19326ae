import { readFile } from "node:fs/promises";

/** Where and as whom to post. */
export interface GitHubTarget {
  /** `https://api.github.com`, or an enterprise server's. */
  apiUrl: string;
  token: string;
  owner: string;
  repository: string;
  /** The commit the check run is about: of a pull request its head, not the merge commit that was tested. */
  sha: string;
  pullRequest?: number;
}

export interface GitHubContext {
  /** Undefined when there is no token or no repository: nothing is posted. */
  target?: GitHubTarget;
  /** Appended to; GitHub renders it on the page of the job. */
  summaryFile?: string;
}

/** What GitHub Actions tells a job. `variables` are the environment's, handed in by the loader; an unreadable event is as good as none. */
export async function gitHubContext(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<GitHubContext> {
  const summaryFile = nonEmpty(variables["GITHUB_STEP_SUMMARY"]);
  const target = await targetOf(variables);
  return {
    ...(target === undefined ? {} : { target }),
    ...(summaryFile === undefined ? {} : { summaryFile }),
  };
}

async function targetOf(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<GitHubTarget | undefined> {
  const token = nonEmpty(variables["GITHUB_TOKEN"]);
  const [owner, repository] = (variables["GITHUB_REPOSITORY"] ?? "").split("/");
  const event = await readEvent(variables["GITHUB_EVENT_PATH"]);
  const sha = event.pull_request?.head?.sha ?? nonEmpty(variables["GITHUB_SHA"]);
  if (token === undefined || !owner || !repository || sha === undefined) return undefined;
  const number = event.pull_request?.number ?? pullRequestOf(variables["GITHUB_REF"]);
  return {
    apiUrl: nonEmpty(variables["GITHUB_API_URL"]) ?? "https://api.github.com",
    token,
    owner,
    repository,
    sha,
    ...(number === undefined ? {} : { pullRequest: number }),
  };
}

interface EventFile {
  pull_request?: { number?: number; head?: { sha?: string } };
}

async function readEvent(file: string | undefined): Promise<EventFile> {
  try {
    const event: unknown = JSON.parse(await readFile(file ?? "", "utf8"));
    return typeof event === "object" && event !== null ? event : {};
  } catch {
    return {};
  }
}

/** `refs/pull/12/merge` */
function pullRequestOf(ref: string | undefined): number | undefined {
  const match = /^refs\/pull\/(\d+)\//.exec(ref ?? "");
  return match === null ? undefined : Number(match[1]);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
