import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  readonly logRecords: Counter<"result">;
  readonly uploadedBytes: Counter;
  readonly logins: Counter<"result">;
  readonly storeRetries: Counter<"store">;
}

/** A registry of its own per app, so that two apps in one process do not count into each other. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    logRecords: new Counter({
      name: "observastack_log_records_total",
      help: "Log records taken in, by result.",
      labelNames: ["result"],
      registers,
    }),
    uploadedBytes: new Counter({
      name: "observastack_uploaded_bytes_total",
      help: "Bytes of stored files.",
      registers,
    }),
    logins: new Counter({
      name: "observastack_logins_total",
      help: "Log-ins, by result.",
      labelNames: ["result"],
      registers,
    }),
    storeRetries: new Counter({
      name: "observastack_store_retries_total",
      help: "Calls to a store that had to be repeated.",
      labelNames: ["store"],
      registers,
    }),
  };
}

/** Counts and times every request by route pattern (never by raw address: ids would make a series each). */
export function observeRequests(app: FastifyInstance, registry: Registry): void {
  const labelNames = ["route", "method", "status"] as const;
  const requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered.",
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time to answer a request.",
    labelNames,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  app.addHook("onResponse", async (request, reply) => {
    const labels = {
      route: request.routeOptions.url ?? "unmatched",
      method: request.method,
      status: String(reply.statusCode),
    };
    requests.inc(labels);
    durations.observe(labels, reply.elapsedTime / 1000);
  });
}
