import type { RunEventSink } from "#core/ports";
import type { LoadedConfig } from "../config/index.ts";
import type { GateCondition } from "../gate/index.ts";
import type { Plan } from "../plan/index.ts";
import type { KeptEnvironment } from "./keep-environment.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunOptions } from "./run-plan.ts";
import { runStage } from "./stages.ts";

/** What the stages of one run share. */
export interface Run {
  loaded: LoadedConfig;
  plan: Plan;
  options: RunOptions;
  folder: RunFolder;
  events: RunEventSink;
  anchor: string;
  secrets: Record<string, string>;
  /** Facts of the run that bear on its verdict. */
  conditions: GateCondition[];
  /** Left running for people, since the run did not pass. */
  kept?: KeptEnvironment;
}

export function stage<T>(run: Run, name: string, work: () => Promise<T>): Promise<T> {
  return runStage(name, { state: run.folder.state, events: run.events }, work);
}
