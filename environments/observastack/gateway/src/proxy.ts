import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import httpProxy from "@fastify/http-proxy";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { timedOut, unavailable } from "./problems.ts";
import { currentContext } from "./request-context.ts";

const retryDelaysMs = [50, 150, 400, 900, 1_500];

/** No connection, or one that broke before the answer began. A timeout is not among them: it has cost enough. */
const connectionFailures = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export interface ProxyOptions {
  readonly apiUrl: string;
  /** Headers that only the inside may set, taken off what comes from outside. */
  readonly refusedHeaders: readonly string[];
}

/** Passes /api/* on as it is, bodies as streams. Reads are tried again when the connection failed, about 3 seconds long. */
export async function proxyApi(
  app: FastifyInstance,
  { apiUrl, refusedHeaders }: ProxyOptions,
): Promise<void> {
  await app.register(httpProxy, {
    upstream: apiUrl,
    prefix: "/api",
    rewritePrefix: "/api",
    config: { rateLimit: { hook: "preHandler" } },
    disableRequestLogging: true,
    undici: {
      connections: 128,
      pipelining: 1,
      connectTimeout: 2_000,
      headersTimeout: 30_000,
      bodyTimeout: 60_000,
    },
    replyOptions: {
      retryDelay: ({ err, req, attempt }) =>
        isWorthRetrying(req.method, err) ? (retryDelaysMs[attempt] ?? null) : null,
      rewriteRequestHeaders: (request, headers) =>
        outgoingHeaders(request, headers as IncomingHttpHeaders, refusedHeaders),
      onError: (reply, { error }) => {
        const isTimeout = /timeout/i.test(error.name) || /timeout/i.test(error.message);
        reply.send(
          isTimeout
            ? timedOut("the api did not answer in time", error)
            : unavailable("the api cannot be reached", error),
        );
      },
    },
  });
}

export function isWorthRetrying(method: string, error: Error | null | undefined): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return (method === "GET" || method === "HEAD") && code !== undefined && connectionFailures.has(code);
}

export function outgoingHeaders(
  request: Pick<FastifyRequest, "id" | "ip" | "protocol">,
  headers: IncomingHttpHeaders,
  refused: readonly string[],
): IncomingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !refused.includes(name));
  return {
    ...Object.fromEntries(kept),
    "x-request-id": request.id,
    "x-forwarded-for": request.ip,
    "x-forwarded-proto": request.protocol,
    traceparent: `00-${currentContext()?.traceId ?? randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`,
  };
}
