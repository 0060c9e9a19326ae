import { join } from "node:path";
import { type Clock, systemClock } from "#core/clock";
import { type Log, silentLog } from "#core/log";
import type { RunEventSink } from "#core/ports";
import { writeFileAtomic } from "#core/state";
import type { Sample } from "../sample/sample.ts";
import { forEachInFlight } from "../sinks/in-flight.ts";
import type { DeliveryCount, Signal, Sink } from "../sinks/sink.ts";
import { unwritable } from "../sinks/traces-file-sink.ts";
import { groundTruthOf } from "./ground-truth.ts";
import { reconcile } from "./reconcile.ts";

export interface SeedIo {
  signal?: AbortSignal;
  clock?: Clock;
  log?: Log;
  events?: RunEventSink;
}

export interface SeedOutcome {
  seed: number;
  anchor: string;
  tenants: string[];
  /** Of the signals that had a sink. */
  counts: Partial<Record<Signal, DeliveryCount>>;
  /** Absolute paths by name: `groundTruth`, and what file sinks wrote. */
  files: Record<string, string>;
}

export interface SeedDestination {
  sinks: readonly Sink[];
  /** `ground-truth.json` is written here, after everything was delivered and reconciled. */
  folder: string;
  /** What file sinks write, by name. */
  files?: Record<string, string>;
}

/**
 * Delivers people first, since others may have to log in, then the other signals side by side. The first failure
 * stops the rest and is thrown; then there is no ground truth. Throws SeedError.
 */
export async function seedEnvironment(
  sample: Sample,
  { sinks, folder, files = {} }: SeedDestination,
  io: SeedIo = {},
): Promise<SeedOutcome> {
  const { clock = systemClock, log = silentLog, events = () => {} } = io;
  const signal = io.signal ?? new AbortController().signal;
  const counts: SeedOutcome["counts"] = {};
  const deliver = async (sink: Sink, sinkSignal: AbortSignal) => {
    const startMs = clock.now();
    const count = await sink.deliver(sample, { signal: sinkSignal, clock });
    reconcile(sample, sink, count);
    counts[sink.signal] = count;
    const message = `${count.accepted} ${units[sink.signal]} delivered`;
    log.info(message, { sink: sink.name, durationMs: clock.now() - startMs });
    events({ type: "progress", stage: "seed", message });
  };
  const isPeople = (sink: Sink) => sink.signal === "people";
  for (const group of [sinks.filter(isPeople), sinks.filter((sink) => !isPeople(sink))]) {
    await forEachInFlight(group, { limit: sinks.length, signal }, deliver);
  }
  const groundTruth = join(folder, "ground-truth.json");
  await writeFileAtomic(groundTruth, `${JSON.stringify(groundTruthOf(sample), null, 2)}\n`).catch((cause) => {
    throw unwritable(groundTruth, cause);
  });
  return {
    seed: sample.seed,
    anchor: sample.anchor,
    tenants: sample.tenants.map(({ slug }) => slug),
    counts,
    files: { groundTruth, ...files },
  };
}

const units: Readonly<Record<Signal, string>> = {
  people: "people",
  logs: "log records",
  metrics: "metric samples",
  traces: "spans",
};
