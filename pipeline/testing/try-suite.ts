import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLog } from "#core/log";
import type { RunEvent } from "#core/ports";
import type { StartedEnvironment } from "#environments";
import { type Bundle, openBundle, readBundle, type TestRecord } from "#reports";
import { type SuiteConfig, suiteSchema } from "../config/suite-schema.ts";
import type { PlannedSuite } from "../plan/index.ts";
import type { SuiteContext, SuiteRunner, Tools } from "../runners/runner.ts";
import { fakeEnvironment } from "./fake-environment.ts";
import type { TemporaryFolder } from "./temporary-folder.ts";

export interface SuiteTrial {
  /** As read back from disk. */
  bundle: Bundle;
  events: RunEvent[];
  /** What the runner threw, if it did. */
  error: unknown;
  durationMs: number;
}

export interface TrialOptions {
  folder: TemporaryFolder;
  environment?: StartedEnvironment;
  tools?: Partial<Tools>;
  retries?: number;
  signal?: AbortSignal;
  variables?: Record<string, string>;
  startTwin?: SuiteContext["startTwin"];
}

/** A suite as the planner hands it out; `config` as people write it. */
export function plannedSuite<Config extends SuiteConfig>(
  config: Record<string, unknown> & { runner: Config["runner"] },
  changes: Partial<PlannedSuite> = {},
): PlannedSuite & { config: Config } {
  const checked = suiteSchema.parse(config) as Config;
  return {
    name: "trial",
    runner: checked.runner,
    phase: "together",
    minTests: checked.minTests,
    retries: 0,
    timeoutMs: checked.timeoutMs,
    shard: 1,
    ...changes,
    config: checked,
  };
}

/** Lets a runner run one suite in `folder`, finishes its bundle and reads it back. */
export async function trySuite<Config extends SuiteConfig>(
  runner: SuiteRunner<Config>,
  config: Record<string, unknown> & { runner: Config["runner"] },
  options: TrialOptions,
): Promise<SuiteTrial> {
  const { folder } = options;
  const bundle = await openBundle(folder.file("bundle"), { suite: "trial", runner: config.runner });
  const events: RunEvent[] = [];
  const context: SuiteContext<Config> = {
    ...(await surroundings(options)),
    suite: plannedSuite<Config>(config, { retries: options.retries ?? 0 }),
    bundle,
    events: (event) => events.push(event),
  };
  const startMs = performance.now();
  const error = await runner(context).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const durationMs = performance.now() - startMs;
  await bundle.finish({ status: "complete" });
  return { bundle: await readBundle(bundle.folder), events, error, durationMs };
}

/** All of a suite's context but the suite and its bundle: real files in `folder`, a made-up environment. */
export async function surroundings(
  options: TrialOptions,
): Promise<Omit<SuiteContext, "suite" | "bundle" | "events">> {
  const { folder, environment = fakeEnvironment({}) } = options;
  const workFolder = folder.file("work");
  await mkdir(workFolder, { recursive: true });
  const environmentFile = folder.file("environment.json");
  await writeFile(environmentFile, JSON.stringify(environment.descriptor));
  await writeFile(folder.file("secrets.json"), "{}");
  return {
    environment,
    startTwin: options.startTwin ?? (() => Promise.reject(new Error("this trial has no second environment"))),
    projectFolder: folder.path,
    workFolder,
    variables: {
      GAUNTLET_ENVIRONMENT: environmentFile,
      GAUNTLET_SECRETS: folder.file("secrets.json"),
      ...options.variables,
    },
    allureFolder: folder.file("allure-results"),
    ledgerFile: folder.file("faults.jsonl"),
    tools: { k6: undefined, chromium: undefined, ...options.tools },
    seed: 42,
    signal: options.signal ?? new AbortController().signal,
    log: createLog({ write: () => {} }),
  };
}

/** Makes packages of this project's own installation available to the project in `folder`. */
export async function linkPackages(folder: TemporaryFolder, ...names: readonly string[]): Promise<void> {
  const installed = fileURLToPath(new URL("../../node_modules/", import.meta.url));
  for (const name of names) {
    const link = folder.file("node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(installed, name), link);
  }
}

/** `title: status` of each record, and the first line of its error. */
export function statuses(bundle: Bundle): string[] {
  const line = ({ title, status, error }: TestRecord) =>
    `${title.join(" > ")}: ${status}${error ? ` (${error.message.split("\n")[0]})` : ""}`;
  return bundle.tests.map(line);
}
