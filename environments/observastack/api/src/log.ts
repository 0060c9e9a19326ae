import { type Logger, pino } from "pino";
import { currentContext } from "./request-context.ts";

/** The one log line: @timestamp, service, level, message, trace_id, tenant, then what the line is about. */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: { service: "api" },
    messageKey: "message",
    errorKey: "error",
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    // A mixin, not child loggers: bindings that repeat a key would print it twice, which OpenSearch refuses.
    mixin() {
      const context = currentContext();
      return { trace_id: context?.traceId ?? null, tenant: context?.tenant ?? null };
    },
  });
}

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;
