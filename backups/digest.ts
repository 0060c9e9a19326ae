import { z } from "zod";

const settled = z.string();
/** It changed while it was captured, so neither value can be demanded of a restore. */
const unsettled = z.strictObject({ before: z.string().nullable(), after: z.string().nullable() });

/** What a store holds, as one line for each table, sequence, schema object, role or file. Comparable across hosts. */
export const digestSchema = z.strictObject({
  v: z.literal(1),
  engine: z.string(),
  entries: z.record(z.string(), z.union([settled, unsettled])),
});

export type Digest = z.infer<typeof digestSchema>;

export interface DigestDifference {
  /** For example `rows public.users` or `file uploads/a.txt`. */
  name: string;
  kind: "missing" | "extra" | "different";
  expected?: string;
  found?: string;
}

export interface DigestComparison {
  differences: DigestDifference[];
  /** How many entries were compared and equal. */
  equal: number;
  /** Entries that changed during the capture and were therefore not compared. */
  unsettled: string[];
}

/** Names everything in which `found` is not `expected`, in order of name. Pure. */
export function compareDigests(expected: Digest, found: Digest): DigestComparison {
  const comparison: DigestComparison = { differences: [], equal: 0, unsettled: [] };
  const names = new Set([...Object.keys(expected.entries), ...Object.keys(found.entries)]);
  for (const name of [...names].sort()) {
    const want = entryOf(expected, name);
    const have = entryOf(found, name);
    if (typeof want === "object" || typeof have === "object") comparison.unsettled.push(name);
    else if (want === have) comparison.equal++;
    else comparison.differences.push(differenceOf(name, want, have));
  }
  return comparison;
}

/** The digest of a store that was read before and after a capture: what changed meanwhile is unsettled. */
export function settleDigest(before: Digest, after: Digest): Digest {
  const entries: Digest["entries"] = {};
  for (const name of new Set([...Object.keys(before.entries), ...Object.keys(after.entries)])) {
    const first = entryOf(before, name);
    const last = entryOf(after, name);
    if (first === last && typeof first === "string") entries[name] = first;
    else entries[name] = { before: textOf(first), after: textOf(last) };
  }
  return { ...after, entries };
}

type Entry = Digest["entries"][string];

function entryOf(digest: Digest, name: string): Entry | undefined {
  return Object.hasOwn(digest.entries, name) ? digest.entries[name] : undefined;
}

function textOf(entry: Entry | undefined): string | null {
  return typeof entry === "string" ? entry : (entry?.after ?? null);
}

function differenceOf(
  name: string,
  expected: string | undefined,
  found: string | undefined,
): DigestDifference {
  if (found === undefined) return { name, kind: "missing", ...(expected === undefined ? {} : { expected }) };
  if (expected === undefined) return { name, kind: "extra", found };
  return { name, kind: "different", expected, found };
}
