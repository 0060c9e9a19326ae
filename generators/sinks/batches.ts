/** Consecutive items together while they stay within both limits; a single item may exceed `maxBytes` alone. */
export function* batchesOf<T>(
  items: Iterable<T>,
  limits: { maxItems: number; maxBytes: number },
  measure: (item: T) => { items: number; bytes: number },
): Generator<T[]> {
  let batch: T[] = [];
  let held = { items: 0, bytes: 0 };
  for (const item of items) {
    const size = measure(item);
    const isFull = held.items + size.items > limits.maxItems || held.bytes + size.bytes > limits.maxBytes;
    if (batch.length > 0 && isFull) {
      yield batch;
      batch = [];
      held = { items: 0, bytes: 0 };
    }
    batch.push(item);
    held = { items: held.items + size.items, bytes: held.bytes + size.bytes };
  }
  if (batch.length > 0) yield batch;
}
