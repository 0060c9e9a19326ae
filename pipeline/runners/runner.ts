import type { Log } from "#core/log";
import type { RunEventSink } from "#core/ports";
import type { StartEnvironmentOptions, StartedEnvironment } from "#environments";
import type { BundleWriter } from "#reports";
import type { SuiteConfig } from "../config/index.ts";
import type { PlannedSuite } from "../plan/index.ts";

/** Executables that doctor found. */
export interface Tools {
  k6: string | undefined;
  chromium: { executablePath: string; args: readonly string[] } | undefined;
}

export interface SuiteContext<Config extends SuiteConfig = SuiteConfig> {
  suite: PlannedSuite & { config: Config };
  environment: StartedEnvironment;
  /** Starts a second environment like the first, empty and isolated. */
  startTwin: (options: Pick<StartEnvironmentOptions, "isIsolated">) => Promise<StartedEnvironment>;
  /** Folder of the configuration file. */
  projectFolder: string;
  /** For the runner's own files; removed with the run's bundles, not part of the evidence. */
  workFolder: string;
  /** What a suite's process gets: GAUNTLET_ENVIRONMENT, GAUNTLET_SECRETS, GAUNTLET_URL_<SERVICE>, the browser. */
  variables: Record<string, string>;
  allureFolder: string;
  ledgerFile: string;
  tools: Tools;
  bundle: BundleWriter;
  seed: number;
  signal: AbortSignal;
  events: RunEventSink;
  log: Log;
}

/** Runs one suite and writes what it saw into the bundle. Throws only when it could not do its work. */
export type SuiteRunner<Config extends SuiteConfig> = (context: SuiteContext<Config>) => Promise<void>;
