declare module "snappyjs" {
  /** Snappy's block format, as remote write wants it. */
  export function compress(input: Uint8Array): Uint8Array;
  /** Throws for anything that is not a block, or is longer than `maxLength` once opened. */
  export function uncompress(input: Uint8Array, maxLength?: number): Uint8Array;
}
