/** What the load did in a span of time, by its own count. */
export interface ObservedLoad {
  requests: number;
  failed: number;
  /** Milliseconds. */
  latencies: readonly number[];
}

/** Something that keeps a system busy while a fault acts on it. */
export interface Workload {
  readonly name: string;
  start(signal: AbortSignal): Promise<RunningWorkload>;
}

export interface RunningWorkload extends AsyncDisposable {
  /** What finished within [fromMs, toMs) since the Unix epoch. */
  observe(fromMs: number, toMs: number): ObservedLoad;
  /** Idempotent. */
  stop(): Promise<void>;
}
