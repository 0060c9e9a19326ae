import type { Clock } from "#core/clock";

const tries = 3;

/** Longer than this no job should wait for a comment. */
const longestWaitMs = 60_000;

/**
 * Repeats a request that may succeed later: after a server error or a broken connection with growing pauses, after a rate limit when
 * GitHub says so. Anything else, and the last failure, is thrown.
 */
export async function patiently<T>(
  request: () => Promise<T>,
  clock: Clock,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      const waitMs = waitFor(error, attempt, clock);
      if (waitMs === undefined || attempt >= tries || signal?.aborted) throw error;
      await clock.sleep(waitMs, signal);
    }
  }
}

interface HttpError {
  status?: number;
  message?: string;
  response?: { headers?: Record<string, string | number | undefined> };
}

/** Undefined: no use in waiting. See GitHub's "Rate limits for the REST API". */
function waitFor(error: unknown, attempt: number, clock: Clock): number | undefined {
  const { status, message = "", response } = error as HttpError;
  const backoffMs = 1000 * 2 ** (attempt - 1);
  if (response === undefined || status === undefined || status >= 500) return backoffMs;
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = Number(response.headers?.["retry-after"]);
  if (Number.isFinite(retryAfter)) return within(retryAfter * 1000);
  if (response.headers?.["x-ratelimit-remaining"] === "0") {
    return within(Number(response.headers["x-ratelimit-reset"]) * 1000 - clock.now());
  }
  return status === 429 || /secondary rate limit/i.test(message) ? longestWaitMs : undefined;
}

function within(waitMs: number): number | undefined {
  return waitMs <= longestWaitMs ? Math.max(0, waitMs) : undefined;
}
