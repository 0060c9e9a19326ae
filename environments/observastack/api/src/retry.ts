import { setTimeout as delay } from "node:timers/promises";

export interface RetryOptions {
  readonly attempts: number;
  /** Wait before the second attempt; doubles from then on, with up to half as much again at random. */
  readonly backoffMs: number;
  readonly isWorthRetrying?: (error: unknown) => boolean;
  readonly onRetry?: (error: unknown, attempt: number) => void;
}

/** Calls `work` until it succeeds or attempts run out; throws the last error. `work` must be safe to repeat. */
export async function withRetries<T>(
  options: RetryOptions,
  work: (attempt: number) => Promise<T>,
): Promise<T> {
  const { attempts, backoffMs, isWorthRetrying = () => true, onRetry } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !isWorthRetrying(error)) throw error;
      onRetry?.(error, attempt);
      await delay(backoffMs * 2 ** (attempt - 1) * (1 + Math.random() / 2));
    }
  }
}
