import type { RunEventSink } from "#core/ports";
import type { RunState } from "./run-folder.ts";

/** Runs `work` as a named stage: told when it starts and ends, its time kept in the run's state. */
export async function runStage<T>(
  name: string,
  record: { state: RunState; events: RunEventSink },
  work: () => Promise<T>,
): Promise<T> {
  const startMs = Date.now();
  record.events({ type: "stage.started", stage: name });
  let outcome: "ok" | "failed" = "failed";
  try {
    const result = await work();
    outcome = "ok";
    return result;
  } finally {
    const durationMs = Date.now() - startMs;
    record.state.stages.push({ name, startedAt: new Date(startMs).toISOString(), durationMs });
    record.events({ type: "stage.finished", stage: name, durationMs, outcome });
  }
}
