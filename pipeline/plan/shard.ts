import { UsageError } from "#core/errors";

/** Part `index` (from 1) of `count`. */
export interface Shard {
  index: number;
  count: number;
}

/** Reads `i/n`. Throws UsageError. */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || index < 1 || index > count) {
    throw new UsageError(`--shard wants i/n with 1 <= i <= n, got "${text}"`, {
      hint: "for example --shard 1/3",
    });
  }
  return { index, count };
}
