import type { Target, TargetChange, TargetState } from "#core/ports";
import type { Observation } from "./fault.ts";

export interface WatchedTarget extends AsyncDisposable {
  readonly target: Target;
  /** The state when the watch began. */
  readonly before: TargetState;
  readonly changes: readonly TargetChange[];
  /** Why the engine's events ended early, if they did; `observe` still inspects. */
  readonly eventsError: unknown;
  observe(appliedAtMs: number): Promise<Observation>;
}

/** Follows a target's changes from now on until disposed. Events are one witness, inspection at `observe` the other. */
export async function watchTarget(target: Target): Promise<WatchedTarget> {
  const changes: TargetChange[] = [];
  const stop = new AbortController();
  let eventsError: unknown;
  const following = (async () => {
    for await (const change of target.changes(stop.signal)) changes.push(change);
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) eventsError = error;
  });
  let before: TargetState;
  try {
    before = await target.inspect();
  } catch (error) {
    stop.abort();
    await following;
    throw error;
  }
  return {
    target,
    before,
    changes,
    get eventsError() {
      return eventsError;
    },
    observe: async (appliedAtMs) => ({
      service: target.service,
      before,
      now: await target.inspect(),
      changes: [...changes],
      appliedAtMs,
    }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await following;
    },
  };
}
