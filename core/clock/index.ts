/** Time as a parameter: nothing in the core of a room reads the wall clock by itself. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      function onAbort() {
        clearTimeout(timer);
        reject(signal?.reason);
      }
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

const hourMs = 3_600_000;

/** The anchor of a run: its start floored to the hour (UTC), so that a replay within the hour is byte-identical. */
export function anchorOf(startMs: number): string {
  return new Date(Math.floor(startMs / hourMs) * hourMs).toISOString();
}
