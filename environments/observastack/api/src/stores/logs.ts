import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Config } from "../config.ts";
import { encodeCursor, type Position } from "../cursor.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { badRequest, unavailable } from "../problems.ts";
import { withRetries } from "../retry.ts";

export const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof levels)[number];

export interface LogRecord {
  readonly timestamp: string;
  readonly service: string;
  readonly level: Level;
  readonly message: string;
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

export interface LogSearch {
  readonly query?: string | undefined;
  readonly service?: string | undefined;
  readonly level?: Level | undefined;
  readonly traceId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly after?: Position | undefined;
}

export interface LogItem {
  id: string;
  timestamp: string;
  service: string;
  level: Level;
  message: string;
  traceId: string | null;
  attributes: Record<string, unknown>;
}

export interface LogPage {
  readonly total: number;
  readonly items: LogItem[];
  readonly nextCursor: string | null;
  readonly tookMs: number;
}

export interface Rejection {
  readonly index: number;
  readonly reason: string;
}

export interface LogStore {
  /** Resolves when the records are durable; with `isSearchableAtOnce` also found by the next search. */
  ingest(tenant: string, records: readonly LogRecord[], isSearchableAtOnce: boolean): Promise<Rejection[]>;
  /** Newest first. */
  search(tenant: string, search: LogSearch): Promise<LogPage>;
  /** Makes the mapping known. Called by the others when nobody did. */
  prepare(): Promise<void>;
  ping(): Promise<void>;
}

/** What makes a search the same one on its next page. Not its time range: "the last hour" moves while one reads on. */
export function scopeOf(
  tenant: string,
  { query, service, level, traceId }: Omit<LogSearch, "limit">,
): unknown {
  return [tenant, query, service, level, traceId].map((part) => part ?? null);
}

const mapping = {
  index_patterns: ["logs-*"],
  template: {
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: "1s" },
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date" },
        id: { type: "keyword" },
        tenant: { type: "keyword" },
        service: { type: "keyword" },
        level: { type: "keyword" },
        message: { type: "text" },
        trace_id: { type: "keyword" },
        span_id: { type: "keyword" },
        // Kept, not indexed: a tenant's attribute names must not be able to exhaust the mapping.
        attributes: { type: "object", enabled: false },
      },
    },
  },
};

const BulkAnswer = z.object({
  items: z.array(z.object({ index: z.object({ error: z.object({ reason: z.string() }).optional() }) })),
});

const SearchAnswer = z.object({
  took: z.number(),
  hits: z.object({
    total: z.object({ value: z.number() }),
    hits: z.array(
      z.object({
        sort: z.tuple([z.number(), z.string()]),
        _source: z.object({
          id: z.string(),
          "@timestamp": z.string(),
          service: z.string(),
          level: z.enum(levels),
          message: z.string(),
          trace_id: z.string().optional(),
          attributes: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    ),
  }),
});

export function openLogs(config: Config, metrics: Metrics, log: Log): LogStore {
  const { defects } = config;
  let prepared: Promise<void> | undefined;

  async function call(method: string, path: string, body?: string): Promise<unknown> {
    const url = new URL(path, config.OPENSEARCH_URL);
    const onRetry = (error: unknown, attempt: number) => {
      metrics.storeRetries.inc({ store: "logs" });
      log.warn(
        { store: "logs", attempt, error: String(error) },
        "the log store did not answer; trying again",
      );
    };
    try {
      return await withRetries(
        { attempts: 3, backoffMs: 100, isWorthRetrying: isPassing, onRetry },
        async () => {
          const response = await fetch(url, {
            method,
            signal: AbortSignal.timeout(5_000),
            headers: { "content-type": path.includes("_bulk") ? "application/x-ndjson" : "application/json" },
            ...(body === undefined ? {} : { body }),
          });
          const text = await response.text();
          if (!response.ok) throw new AnswerError(response.status, text.slice(0, 500));
          return JSON.parse(text) as unknown;
        },
      );
    } catch (error) {
      if (error instanceof AnswerError && error.status === 400)
        throw badRequest("the log store cannot run this search", error);
      throw unavailable("logs", error);
    }
  }

  function prepare(): Promise<void> {
    prepared ??= call("PUT", "/_index_template/observastack-logs", JSON.stringify(mapping)).then(
      () => undefined,
    );
    // A failure is not remembered: the next caller tries again.
    prepared.catch(() => {
      prepared = undefined;
    });
    return prepared;
  }

  return {
    prepare,
    async ingest(tenant, records, isSearchableAtOnce) {
      await prepare();
      const lines = records.flatMap((record) => {
        // Our own id makes a repeated call overwrite instead of double.
        const id = randomUUID();
        return [JSON.stringify({ index: { _id: id } }), JSON.stringify(documentOf(tenant, id, record))];
      });
      const refresh = isSearchableAtOnce ? "?refresh=wait_for" : "";
      const answer = BulkAnswer.parse(
        await call("POST", `/logs-${tenant}/_bulk${refresh}`, `${lines.join("\n")}\n`),
      );
      return answer.items.flatMap(({ index: { error } }, index) =>
        error ? [{ index, reason: error.reason }] : [],
      );
    },
    async search(tenant, search) {
      const isLeaking = defects.isPlanted("api-tenant-leak-search");
      const wanted = defects.isPlanted("api-search-ignores-level") ? { ...search, level: undefined } : search;
      const filter = [...filtersOf(wanted), ...(isLeaking ? [] : [{ term: { tenant } }])];
      const query = {
        size: search.limit + 1,
        track_total_hits: true,
        query: { bool: { filter } },
        sort: [{ "@timestamp": "desc" }, { id: "asc" }],
        ...(search.after === undefined ? {} : { search_after: search.after }),
      };
      const index = isLeaking ? "logs-*" : `logs-${tenant}`;
      // Before its first record a tenant has no index, which is an empty result and no error.
      const path = `/${index}/_search?ignore_unavailable=true&allow_no_indices=true`;
      const { took, hits } = SearchAnswer.parse(await call("POST", path, JSON.stringify(query)));
      const rows = hits.hits.slice(0, search.limit);
      const last = rows.at(-1);
      return {
        total: hits.total.value,
        items: rows.map((row) => itemOf(row._source)),
        nextCursor:
          hits.hits.length > rows.length && last ? encodeCursor(last.sort, scopeOf(tenant, search)) : null,
        tookMs: took,
      };
    },
    async ping() {
      const health = z.object({ status: z.string() }).parse(await call("GET", "/_cluster/health?timeout=1s"));
      if (health.status === "red") throw unavailable("logs", new Error("the cluster's health is red"));
    },
  };
}

class AnswerError extends Error {
  readonly status: number;

  constructor(status: number, body: string) {
    super(`the log store answered ${status}: ${body}`);
    this.status = status;
  }
}

/** Worth another try: no connection, or "too busy". A timeout is not: the caller has waited long enough. */
function isPassing(error: unknown): boolean {
  if (error instanceof AnswerError) return [429, 502, 503].includes(error.status);
  return error instanceof TypeError;
}

function documentOf(tenant: string, id: string, { timestamp, ...record }: LogRecord) {
  return { "@timestamp": timestamp, id, tenant, ...record };
}

function filtersOf({ query, service, level, traceId, from, to }: LogSearch): object[] {
  const filters: object[] = [];
  // The simple syntax: whatever people type is a query, never a syntax error.
  if (query) filters.push({ simple_query_string: { query, fields: ["message"], default_operator: "and" } });
  if (service) filters.push({ term: { service } });
  if (level) filters.push({ term: { level } });
  if (traceId) filters.push({ term: { trace_id: traceId } });
  if (from || to)
    filters.push({ range: { "@timestamp": { ...(from && { gte: from }), ...(to && { lte: to }) } } });
  return filters;
}

function itemOf(source: z.infer<typeof SearchAnswer>["hits"]["hits"][number]["_source"]): LogItem {
  const { "@timestamp": timestamp, trace_id, id, service, level, message, attributes } = source;
  return { id, timestamp, service, level, message, traceId: trace_id ?? null, attributes: attributes ?? {} };
}
