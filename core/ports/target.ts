import type { Readable } from "node:stream";

/** Which incarnation of a service this is; a restart makes a new one. */
export interface TargetState {
  containerId: string;
  /** ISO 8601 with nanoseconds, as the engine gives it. */
  startedAt: string;
  isRunning: boolean;
  /** Undefined when the service declares no health check. */
  health: "starting" | "healthy" | "unhealthy" | undefined;
  /** PID 1 of the container as the host sees it; 0 when not running. */
  hostPid: number;
  restartCount: number;
  exitCode: number;
  wasOomKilled: boolean;
}

export interface TargetChange {
  kind: "started" | "died" | "healthy" | "unhealthy" | "paused" | "resumed";
  /** Milliseconds since the Unix epoch, by the engine's clock. */
  atMs: number;
  exitCode?: number;
}

export interface ExecOptions {
  input?: Readable | string;
  env?: Record<string, string>;
  user?: string;
  signal?: AbortSignal;
  /** Standard output goes here as it comes instead of into the result. */
  onStdout?: (chunk: Buffer) => void | Promise<void>;
}

export interface ExecResult {
  exitCode: number;
  stdout: Buffer;
  stderr: string;
}

/** One service of a running environment, as faults, backups and probes see it. */
export interface Target {
  readonly service: string;
  readonly labels: Readonly<Record<string, string>>;
  inspect(): Promise<TargetState>;
  /**
   * Signals PID 1 from outside its namespace: the engine sees a crash, so the restart policy applies
   * (`docker kill` would suppress it). Rejects when the target is not running.
   */
  signalInit(signal: NodeJS.Signals): Promise<void>;
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Changes from now on, until `signal` aborts. */
  changes(signal: AbortSignal): AsyncIterable<TargetChange>;
}

export interface TargetPool {
  readonly services: readonly string[];
  /** Throws UsageError for an unknown service. */
  target(service: string): Target;
}
