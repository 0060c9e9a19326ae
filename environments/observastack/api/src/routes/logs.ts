import { setTimeout as delay } from "node:timers/promises";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { principalOf } from "../auth/guard.ts";
import { decodeCursor } from "../cursor.ts";
import type { Defects } from "../defects.ts";
import type { Metrics } from "../metrics.ts";
import { badRequest, jsonResponse, problemResponses } from "../problems.ts";
import { type LogPage, type LogStore, levels, scopeOf } from "../stores/logs.ts";
import { instant, limit, text } from "./schemas.ts";

interface LogOptions {
  readonly logs: LogStore;
  readonly metrics: Metrics;
  readonly defects: Defects;
}

const service = text(128).meta({ examples: ["checkout"] });
const level = z.enum(levels);
const traceId = z
  .string()
  .regex(/^[0-9A-Za-z-]{1,64}$/)
  .meta({ examples: ["4bf92f3577b34da6a3ce929d0e0e4736"] });

const LogRecord = z
  .strictObject({
    timestamp: instant,
    service,
    level,
    message: z.string().max(32_768),
    trace_id: traceId.optional(),
    span_id: traceId.optional(),
    attributes: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({
    id: "LogRecord",
    examples: [
      {
        timestamp: "2026-03-01T12:00:00.000Z",
        service: "checkout",
        level: "error",
        message: "payment declined: card expired",
        trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
        attributes: { "order.id": "A-1001" },
      },
    ],
  });

const IngestRequest = z
  .strictObject({ records: z.array(LogRecord).min(1).max(1000) })
  .meta({ id: "IngestRequest" });

const IngestResult = z
  .object({
    accepted: z.int().min(0),
    rejected: z.int().min(0),
    errors: z.array(z.object({ index: z.int().min(0), reason: z.string() })),
  })
  .meta({ id: "IngestResult", examples: [{ accepted: 1, rejected: 0, errors: [] }] });

const LogItem = z
  .object({
    id: z.string(),
    timestamp: z.string(),
    service: z.string(),
    level,
    message: z.string(),
    traceId: z.string().nullable(),
    attributes: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "LogItem" });

const LogPageSchema = z
  .object({
    total: z.int().min(0),
    items: z.array(LogItem),
    nextCursor: z.string().nullable(),
    tookMs: z.number().min(0),
  })
  .meta({
    id: "LogPage",
    examples: [
      {
        total: 1,
        items: [
          {
            id: "0b3fd5a5-0a3e-4a70-9d1d-6d3c5b6f3a10",
            timestamp: "2026-03-01T12:00:00.000Z",
            service: "checkout",
            level: "error",
            message: "payment declined: card expired",
            traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
            attributes: { "order.id": "A-1001" },
          },
        ],
        nextCursor: null,
        tookMs: 4,
      },
    ],
  });

const Search = z.strictObject({
  query: z
    .string()
    .max(500)
    .optional()
    .meta({ description: "Words of the message.", examples: ["payment declined"] }),
  service: service.optional(),
  level: level.optional(),
  traceId: traceId.optional(),
  from: instant.optional(),
  to: instant.optional(),
  limit: limit(200, 50),
  cursor: z.string().max(500).optional().meta({ description: "`nextCursor` of the page before." }),
});

export const logRoutes: FastifyPluginAsyncZod<LogOptions> = async (app, { logs, metrics, defects }) => {
  app.post(
    "/logs",
    {
      config: { access: "editor" },
      schema: {
        operationId: "ingestLogs",
        tags: ["logs"],
        summary: "Take in log records of the caller's tenant",
        querystring: z.strictObject({
          wait: z
            .enum(["true", "false"])
            .default("false")
            .meta({ description: "Answer when the records can be found (about a second)." }),
        }),
        body: IngestRequest,
        response: {
          202: jsonResponse("The records were taken in, save those listed.", IngestResult),
          ...problemResponses(400, 401, 403, 413, 415),
        },
      },
    },
    async (request, reply) => {
      const { records } = request.body;
      const errors = await logs.ingest(principalOf(request).tenant, records, request.query.wait === "true");
      const accepted = records.length - errors.length;
      metrics.logRecords.inc({ result: "accepted" }, accepted);
      metrics.logRecords.inc({ result: "rejected" }, errors.length);
      return reply.code(202).send({ accepted, rejected: errors.length, errors });
    },
  );

  app.get(
    "/logs",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "searchLogs",
        tags: ["logs"],
        summary: "Search the log records of the caller's tenant, newest first",
        querystring: Search,
        response: {
          200: jsonResponse("One page of what was found.", LogPageSchema),
          ...problemResponses(400, 401, 403),
        },
      },
    },
    async (request, reply) => {
      if (defects.isPlanted("api-search-slow")) await delay(1_500);
      const { tenant } = principalOf(request);
      const { cursor, ...search } = request.query;
      if (search.from && search.to && Date.parse(search.from) > Date.parse(search.to))
        throw badRequest("querystring/from is later than querystring/to");
      const after = cursor === undefined ? undefined : decodeCursor(cursor, scopeOf(tenant, search));
      const page = await logs.search(tenant, { ...search, after });
      if (defects.isPlanted("api-search-total-as-string")) reply.serializer(withTotalAsString);
      return page;
    },
  );
};

function withTotalAsString(page: LogPage): string {
  return JSON.stringify({ ...page, total: String(page.total) });
}
