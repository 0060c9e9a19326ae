import rateLimit from "@fastify/rate-limit";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Redis } from "ioredis";
import { isPublic } from "./api-routes.ts";
import type { Config } from "./config.ts";
import { answerHealth } from "./health.ts";
import { loggerOptions } from "./log.ts";
import { observeRequests } from "./metrics.ts";
import { ProblemError, sendError, unauthorized } from "./problems.ts";
import { proxyApi } from "./proxy.ts";
import { currentContext, requestIdOf, runInContext, traceIdOf } from "./request-context.ts";
import { type Caller, createTokenCheck, type TokenCheck } from "./tokens.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null without a token, on public routes. */
    caller: Caller | null;
  }
}

export interface AppOptions {
  readonly config: Config;
  /** Where the counts of all gateways meet; without it each counts for itself. */
  readonly redis?: Redis;
}

const debugHeaders = ["x-debug-user", "x-debug-tenant"];

/** The whole gateway, not listening yet. Closes no Redis connection: that is the caller's. */
export async function buildApp({ config, redis }: AppOptions): Promise<FastifyInstance> {
  const isBypassPlanted = config.defects.isPlanted("gateway-auth-bypass");
  const app = Fastify({
    logger: loggerOptions(config.LOG_LEVEL) ?? false,
    // Our own line per request, below, says what Fastify's two would and keeps to one shape.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: ({ headers }) => requestIdOf(headers),
    // The edge is a neighbour; nobody else's word about a client's address counts.
    trustProxy: "loopback, uniquelocal",
    requestTimeout: 120_000,
    forceCloseConnections: "idle",
    frameworkErrors: sendError,
    routerOptions: { maxParamLength: 500 },
  });
  const tokens = createTokenCheck(config.API_URL, config.JWT_ISSUER);
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(() => {
    throw new ProblemError(404, "not-found", "there is nothing here");
  });
  app.decorateRequest("caller", null);
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    runInContext({ traceId: traceIdOf(request.headers), tenant: null }, done);
  });
  app.addHook("onResponse", async (request, reply) => {
    const isRoutine = /^\/(health|metrics)/.test(request.url);
    request.log[isRoutine ? "debug" : "info"](
      {
        request_id: request.id,
        method: request.method,
        path: request.url.split("?", 1)[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      "request answered",
    );
  });
  observeRequests(app);
  answerHealth(app, config.API_URL, tokens);
  await limitRates(app, config, redis);
  await app.register(async (api) => {
    api.addHook("onRequest", async (request) => {
      const path = request.url.split("?", 1)[0] ?? "/";
      if (isPublic(path, config.OBSERVASTACK_TARGET)) return;
      if (isBypassPlanted && request.headers["x-debug-user"] === "admin") return;
      request.caller = await callerOf(request.headers.authorization, tokens);
      const context = currentContext();
      if (context !== undefined) context.tenant = request.caller.tenant;
    });
    await proxyApi(api, { apiUrl: config.API_URL, refusedHeaders: isBypassPlanted ? [] : debugHeaders });
  });
  return app;
}

async function callerOf(authorization: string | undefined, tokens: TokenCheck): Promise<Caller> {
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? "")?.[1];
  const caller = token === undefined ? undefined : await tokens.check(token);
  if (caller === undefined) throw unauthorized("this needs a valid bearer token");
  return caller;
}

/** Per person, or per address where there is no token. When Redis is away requests pass uncounted. */
async function limitRates(app: FastifyInstance, config: Config, redis: Redis | undefined): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    ...(redis && { redis }),
    nameSpace: "observastack:gateway:rate:",
    skipOnError: true,
    timeWindow: 60_000,
    keyGenerator: ({ caller, ip }) =>
      caller === null ? `address:${ip}` : `user:${caller.tenant}:${caller.subject}`,
    max: ({ caller }) => (caller === null ? config.RATE_LIMIT_PER_ADDRESS : config.RATE_LIMIT_PER_USER),
    errorResponseBuilder: (_request, { after }) =>
      new ProblemError(429, "too-many-requests", `too many requests; come back in ${after}`),
  });
}
