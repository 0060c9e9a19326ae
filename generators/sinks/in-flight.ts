/**
 * Works through `items` with at most `limit` at a time, taking the next one only when a place is free. The first
 * failure stops the rest, waits for what is under way and is thrown; so is the reason of `signal`.
 */
export async function forEachInFlight<T>(
  items: Iterable<T>,
  options: { limit: number; signal: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const iterator = items[Symbol.iterator]();
  const drain = async () => {
    try {
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        signal.throwIfAborted();
        await work(next.value, signal);
      }
    } catch (error) {
      failure.abort(error);
    }
  };
  await Promise.all(Array.from({ length: options.limit }, drain));
  if (failure.signal.aborted) throw signal.reason;
}

export const batchesInFlight = 2;
