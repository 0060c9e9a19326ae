import { appendFile, readdir } from "node:fs/promises";
import { describeError } from "#core/errors";
import {
  gitHubContext,
  publishToGitHub,
  type RunReport,
  readBundle,
  renderTerminalSummary,
  type VerdictDocument,
  wantsColour,
  writeAllureReport,
  writeCtrf,
  writeJUnit,
  writeMarkdownSummary,
} from "#reports";
import type { Run } from "./run.ts";

export interface WrittenReports {
  /** Absolute paths by kind. */
  files: Record<string, string>;
  /** What could not be written, as sentences; it never changes the verdict. */
  failures: string[];
  /** For the terminal. */
  summary: string;
}

/** What a project may do without: that it is not installed is no failure. */
const optional = new Set(["ALLURE_MISSING"]);

/** Writes every report of a judged run. One that cannot be written does not keep the others from it. */
export async function writeReports(
  run: Run,
  verdict: VerdictDocument,
  durationMs: number,
): Promise<WrittenReports> {
  const { folder, plan, options, loaded } = run;
  const names = await readdir(folder.file("bundles"));
  const report: RunReport = {
    verdict,
    bundles: await Promise.all(names.sort().map((name) => readBundle(folder.bundle(name)))),
    run: {
      id: folder.id,
      project: plan.project,
      profile: plan.profile,
      startedAt: folder.state.startedAt,
      durationMs,
      command: options.command,
    },
  };
  const writers: Record<string, () => Promise<string>> = {
    junit: () => writeJUnit(folder.path, report),
    ctrf: () => writeCtrf(folder.path, report),
    summary: () => writeMarkdownSummary(folder.path, report),
    allure: () =>
      writeAllureReport(folder.path, report, { projectFolder: loaded.folder, signal: options.signal }),
  };
  const files: Record<string, string> = {};
  const failures: string[] = [];
  const advice: string[] = [];
  for (const [kind, write] of Object.entries(writers)) {
    try {
      files[kind] = await write();
    } catch (error) {
      const { message, hint, code } = describeError(error);
      if (optional.has(code)) {
        advice.push(`page    none: ${hint} makes one, with history`);
        continue;
      }
      failures.push([`${kind}: ${message}`, hint].filter(Boolean).join("; "));
      run.events({ type: "warning", message: `report ${failures.at(-1)}` });
    }
  }
  const posted = await publishToGitHub(report, await gitHubContext(options.variables), {
    signal: options.signal,
  });
  for (const { what, message, hint } of posted.failures) {
    failures.push(`${what}: ${message}; ${hint}`);
    run.events({ type: "warning", message: `GitHub ${failures.at(-1)}` });
  }
  await tellWorkflow(options.variables["GITHUB_OUTPUT"], { run: folder.path, verdict: verdict.verdict });
  const summary = renderTerminalSummary(report, {
    hasColour: wantsColour(process.stdout, options.variables),
    reportAddress: files["allure"] ? `file://${files["allure"]}` : (files["summary"] ?? folder.path),
  });
  return { files, failures, summary: [summary, ...advice].join("\n") };
}

/** Outputs of the step that runs us, as GitHub Actions reads them. */
async function tellWorkflow(file: string | undefined, outputs: Record<string, string>): Promise<void> {
  if (!file) return;
  await appendFile(
    file,
    Object.entries(outputs)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
}
