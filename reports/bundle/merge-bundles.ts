import { createHash } from "node:crypto";
import type { Bundle } from "./read-bundle.ts";
import type { BundleStatus, MetricRecord, TestRecord } from "./records.ts";

/** All that is known of one suite, from however many shards. */
export interface SuiteEvidence {
  suite: string;
  runners: readonly string[];
  /** The gravest of its parts. */
  status: BundleStatus | "unreadable";
  /** One per part that is not complete. */
  reasons: readonly string[];
  /** Shards that some part says exist, but of which none was given: `2/3`. */
  missingShards: readonly string[];
  tests: readonly TestRecord[];
  metrics: readonly MetricRecord[];
  command?: string;
}

const gravity: readonly SuiteEvidence["status"][] = [
  "complete",
  "cancelled",
  "timed-out",
  "crashed",
  "unreadable",
];

/**
 * One entry per suite, by name. What comes out depends on what the bundles hold, not on their order or place, and a
 * bundle given twice counts once.
 */
export function mergeBundles(bundles: readonly Bundle[]): SuiteEvidence[] {
  const bySuite = Map.groupBy(bundles, (bundle) => bundle.suite);
  return [...bySuite]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([suite, parts]) => mergeSuite(suite, distinct(parts)));
}

function mergeSuite(suite: string, parts: readonly Bundle[]): SuiteEvidence {
  const usable = parts.filter((part) => part.status !== "unreadable");
  const command = parts.map((part) => part.manifest?.command).find((text) => text !== undefined);
  return {
    suite,
    runners: uniqueSorted(parts.map((part) => part.runner)),
    status: parts.reduce<SuiteEvidence["status"]>(
      (worst, { status }) => (gravity.indexOf(status) > gravity.indexOf(worst) ? status : worst),
      "complete",
    ),
    reasons: uniqueSorted(parts.flatMap(({ reason }) => (reason === undefined ? [] : [reason]))),
    missingShards: missingShards(parts),
    tests: canonicalOrder(usable.flatMap((part) => part.tests)),
    metrics: canonicalOrder(usable.flatMap((part) => part.metrics)),
    ...(command === undefined ? {} : { command }),
  };
}

/** Copies of one bundle have the same manifest but for nothing; unreadable ones are told apart by what is left of them. */
function distinct(parts: readonly Bundle[]): Bundle[] {
  const byContent = new Map(parts.map((part) => [contentKey(part), part]));
  return [...byContent].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

function contentKey({ status, reason, manifest, tests, metrics }: Bundle): string {
  return createHash("sha256")
    .update(JSON.stringify([status, reason, manifest, tests, metrics]))
    .digest("hex");
}

function missingShards(parts: readonly Bundle[]): string[] {
  const shards = parts.flatMap(({ manifest }) => (manifest?.shard === undefined ? [] : [manifest.shard]));
  const total = Math.max(0, ...shards.map((shard) => shard.total));
  const isDisagreed = shards.some((shard) => shard.total !== total);
  if (isDisagreed)
    return [
      `shards disagree on their number: ${uniqueSorted(shards.map(({ total: n }) => `${n}`)).join(", ")}`,
    ];
  const present = new Set(shards.map((shard) => shard.index));
  return Array.from({ length: total }, (_, index) => index + 1)
    .filter((index) => !present.has(index))
    .map((index) => `${index}/${total}`);
}

/** By content, so that any two orders of the same records come out the same. */
function canonicalOrder<T>(records: readonly T[]): T[] {
  return records
    .map((record) => [JSON.stringify(record), record] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, record]) => record);
}

function uniqueSorted(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
