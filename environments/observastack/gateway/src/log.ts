import type { FastifyServerOptions } from "fastify";
import { currentContext } from "./request-context.ts";

/** The one log line: @timestamp, service, level, message, trace_id, tenant, then what the line is about. */
export function loggerOptions(level: string): FastifyServerOptions["logger"] {
  return {
    level,
    base: { service: "gateway" },
    messageKey: "message",
    errorKey: "error",
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    // A mixin, not child loggers: bindings that repeat a key would print it twice, which OpenSearch refuses.
    mixin() {
      const context = currentContext();
      return { trace_id: context?.traceId ?? null, tenant: context?.tenant ?? null };
    },
  };
}
