/** One line of a run's `events.jsonl`; everything shown while a run is live derives from these. */
export type RunEvent =
  | { type: "run.started"; runId: string; profile: string; seed: number; anchor: string; command: string }
  | { type: "stage.started"; stage: string }
  | { type: "stage.finished"; stage: string; durationMs: number; outcome: "ok" | "failed" }
  | { type: "image.started"; service: string }
  | { type: "image.finished"; service: string; durationMs: number; wasCached: boolean }
  | {
      type: "service.changed";
      service: string;
      state: "created" | "started" | "healthy" | "done" | "failed";
      durationMs: number;
    }
  | { type: "suite.waiting"; suite: string; reason: string }
  | { type: "suite.started"; suite: string }
  | {
      type: "suite.finished";
      suite: string;
      durationMs: number;
      passed: number;
      failed: number;
      skipped: number;
      broken: number;
    }
  | {
      type: "test.finished";
      suite: string;
      id: string;
      title: string;
      status: "passed" | "failed" | "broken" | "skipped";
      durationMs: number;
    }
  | { type: "progress"; stage: string; message: string }
  | { type: "warning"; message: string }
  | { type: "gate.finished"; verdict: string }
  | { type: "run.finished"; verdict: string; durationMs: number };

/** Must not throw and must not block: what listens may be slow, the run may not. */
export type RunEventSink = (event: RunEvent) => void;
