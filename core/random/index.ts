import { createHash } from "node:crypto";

/** A stream of reproducible numbers. Integer arithmetic only, so every engine gives the same bytes. */
export interface Random {
  /** A 32-bit unsigned integer. */
  uint32(): number;
  /** A double in [0, 1). */
  next(): number;
  /** An integer in [min, max], both included. */
  integer(min: number, max: number): number;
  /** One of `items`; throws RangeError when there are none. */
  pick<T>(items: readonly T[]): T;
}

/**
 * The stream that belongs to `seed` and `key`. Streams of different keys are independent, so the order in which
 * parts draw does not change what they get.
 *
 * Method: sfc32 (Chris Doty-Humphrey, PractRand), state from SHA-256 of seed and key, first 12 outputs dropped.
 */
export function randomStream(seed: number | string, ...key: readonly (number | string)[]): Random {
  const digest = createHash("sha256")
    .update(JSON.stringify([seed, ...key]))
    .digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);

  function uint32(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  }
  for (let warmup = 0; warmup < 12; warmup++) uint32();

  const next = () => uint32() / 4294967296;
  return {
    uint32,
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined && items.length === 0) throw new RangeError("cannot pick from an empty list");
      return item as (typeof items)[number];
    },
  };
}
