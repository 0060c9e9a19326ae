import { type PrometheusSeries, prometheusSeriesOf } from "../encoders/prometheus-series.ts";
import type { SeedErrorCode } from "../errors.ts";
import type { Sample } from "../sample/sample.ts";
import { batchesOf } from "./batches.ts";
import { exchange } from "./http-exchange.ts";
import { batchesInFlight, forEachInFlight } from "./in-flight.ts";
import type { DeliveryCount, Sink } from "./sink.ts";

export interface RemoteWriteSinkOptions {
  url: string;
  maxSamples?: number;
}

/**
 * Prometheus remote write 1.0. A series is never split over batches, so batches may arrive in any order; the receiver
 * takes a batch whole or not at all.
 */
export function remoteWriteSink({ url, maxSamples = 10_000 }: RemoteWriteSinkOptions): Sink {
  const name = `metrics sink ${url}`;
  return {
    signal: "metrics",
    name,
    async deliver(sample, io) {
      // Loaded when used: every command imports this room's face.
      const { encodeWriteRequest } = await import("../encoders/remote-write.ts");
      const { default: snappy } = await import("snappyjs");
      const count: DeliveryCount = { generated: 0, sent: 0, accepted: 0, rejected: 0 };
      const limits = { maxItems: maxSamples, maxBytes: 1024 * 1024 };
      const batches = batchesOf(seriesOf(sample), limits, ({ series }) => ({
        items: series.values.length,
        bytes: series.values.length * 20,
      }));
      await forEachInFlight(batches, { limit: batchesInFlight, signal: io.signal }, async (batch, signal) => {
        const samples = batch.reduce((sum, { series }) => sum + series.values.length, 0);
        count.generated += samples;
        count.sent += samples;
        const body = encodeWriteRequest(
          batch.map(({ series }) => series),
          batch[0]?.timestampsMs ?? [],
        );
        await exchange({ name, url, headers, body: snappy.compress(body), explain }, { ...io, signal });
        count.accepted += samples;
      });
      return count;
    },
  };
}

const headers = {
  "content-type": "application/x-protobuf",
  "content-encoding": "snappy",
  "x-prometheus-remote-write-version": "0.1.0",
  "user-agent": "gauntlet-seed",
};

function* seriesOf(sample: Sample): Generator<{ series: PrometheusSeries; timestampsMs: readonly number[] }> {
  for (const { metrics } of sample.tenants) {
    for (const series of prometheusSeriesOf(metrics)) yield { series, timestampsMs: metrics.timestampsMs };
  }
}

function explain(status: number, text: string): { code: SeedErrorCode; hint: string } | undefined {
  if (status !== 400 || !/out of bounds|too old|out of order/i.test(text)) return undefined;
  return {
    code: "SEED_TOO_OLD",
    hint: "Prometheus takes samples of the last hour only, and the anchor may lie an hour back: set storage.tsdb.out_of_order_time_window to 3h in its configuration, or lower seed.minutes",
  };
}
