import { z } from "zod";
import type { LogRecord, Sample } from "../sample/sample.ts";
import { batchesOf } from "./batches.ts";
import { exchange, parseAnswer, unexpectedAnswer } from "./http-exchange.ts";
import { batchesInFlight, forEachInFlight } from "./in-flight.ts";
import { type LoginOptions, logIn } from "./log-in.ts";
import type { DeliveryCount, Sink, SinkIo } from "./sink.ts";

export interface JsonLogsSinkOptions {
  url: string;
  login: LoginOptions;
  fields: LogFieldNames;
  /** Query of each tenant's last batch: makes the receiver answer when everything can be found. Empty for none. */
  lastBatchQuery: string;
  maxRecords: number;
}

/** What the receiver calls the parts of its requests and answers. */
export interface LogFieldNames {
  records: string;
  timestamp: string;
  service: string;
  level: string;
  message: string;
  traceId: string;
  spanId: string;
  attributes: string;
  accepted: string;
  rejected: string;
  errors: string;
}

/** Log records as JSON, each tenant's with its own token, the last batch of each tenant after all others. */
export function jsonLogsSink(options: JsonLogsSinkOptions): Sink {
  const name = `logs sink ${options.url}`;
  return {
    signal: "logs",
    name,
    async deliver(sample, io) {
      const count: DeliveryCount = { generated: 0, sent: 0, accepted: 0, rejected: 0, reasons: [] };
      const { early, last } = await plan(sample, options, io);
      const inOneGo = async (batches: readonly Batch[], query: string) =>
        forEachInFlight(batches, { limit: batchesInFlight, signal: io.signal }, (batch, signal) =>
          send({ batch, query, name, options, count }, { ...io, signal }),
        );
      await inOneGo(early, "");
      await inOneGo(last, options.lastBatchQuery);
      count.generated = sample.tenants.reduce((sum, { logs }) => sum + logs.length, 0);
      return count;
    },
  };
}

interface Batch {
  token: string;
  records: LogRecord[];
}

// Half of what common body limits allow (1 MiB), since the estimate knows nothing of escapes.
const maxBytes = 512 * 1024;

async function plan(
  sample: Sample,
  options: JsonLogsSinkOptions,
  io: SinkIo,
): Promise<{ early: Batch[]; last: Batch[] }> {
  const early: Batch[] = [];
  const last: Batch[] = [];
  for (const { slug, logs } of sample.tenants) {
    const token = await logIn(options.login, slug, io);
    const limits = { maxItems: options.maxRecords, maxBytes };
    const batches = [...batchesOf(logs, limits, measure)].map((records) => ({ token, records }));
    early.push(...batches.slice(0, -1));
    last.push(...batches.slice(-1));
  }
  return { early, last };
}

async function send(
  job: { batch: Batch; query: string; name: string; options: JsonLogsSinkOptions; count: DeliveryCount },
  io: SinkIo,
): Promise<void> {
  const { batch, count, options } = job;
  const { fields } = options;
  const request = {
    name: job.name,
    url: job.query === "" ? options.url : `${options.url}?${job.query}`,
    headers: { "content-type": "application/json", authorization: `Bearer ${batch.token}` },
    body: JSON.stringify({ [fields.records]: batch.records.map((record) => named(record, fields)) }),
    secrets: [batch.token, options.login.password],
  };
  count.sent += batch.records.length;
  const answer = z
    .record(z.string(), z.unknown())
    .safeParse(parseAnswer(request, await exchange(request, io)));
  const accepted = z.int().min(0).safeParse(answer.data?.[fields.accepted]);
  const rejected = z.int().min(0).safeParse(answer.data?.[fields.rejected]);
  if (!accepted.success || !rejected.success) {
    throw unexpectedAnswer(request, `does not count ${fields.accepted} and ${fields.rejected} records`);
  }
  count.accepted += accepted.data;
  count.rejected += rejected.data;
  const errors = answer.data?.[fields.errors];
  if (Array.isArray(errors)) {
    count.reasons?.push(...errors.slice(0, 3).map((error) => JSON.stringify(error).slice(0, 200)));
  }
}

function named(record: LogRecord, fields: LogFieldNames): Record<string, unknown> {
  return {
    [fields.timestamp]: new Date(record.timestampMs).toISOString(),
    [fields.service]: record.service,
    [fields.level]: record.level,
    [fields.message]: record.message,
    [fields.traceId]: record.traceId,
    [fields.spanId]: record.spanId,
    [fields.attributes]: record.attributes,
  };
}

function measure(record: LogRecord): { items: number; bytes: number } {
  return { items: 1, bytes: 240 + record.message.length + JSON.stringify(record.attributes).length };
}
