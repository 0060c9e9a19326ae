import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** What a log line written anywhere below a request has to say about that request. */
export interface RequestContext {
  readonly traceId: string;
  tenant: string | null;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

export function runInContext(context: RequestContext, work: () => void): void {
  storage.run(context, work);
}

/**
 * The trace a request belongs to: its W3C `traceparent`; else its request id where that has the form of a trace id, as
 * the edge's have; else a new one.
 */
export function traceIdOf(headers: IncomingHttpHeaders): string {
  const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(
    String(headers["traceparent"]),
  )?.[1];
  const requestId = /^[0-9a-f]{32}$/.exec(String(headers["x-request-id"]))?.[0];
  return (
    [traceparent, requestId].find((id) => id !== undefined && !/^0+$/.test(id)) ??
    randomBytes(16).toString("hex")
  );
}

/** The caller's `x-request-id` where it can stand in a log line, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  return /^[\w.-]{1,64}$/.exec(String(headers["x-request-id"] ?? ""))?.[0] ?? randomBytes(16).toString("hex");
}
