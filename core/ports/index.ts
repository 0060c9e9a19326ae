export type { RunEvent, RunEventSink } from "./run-event.ts";
export type { ExecOptions, ExecResult, Target, TargetChange, TargetPool, TargetState } from "./target.ts";
export type { ObservedLoad, RunningWorkload, Workload } from "./workload.ts";
