import { existsSync } from "node:fs";
import { join } from "node:path";
import multipart from "@fastify/multipart";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { guardRoutes } from "./auth/guard.ts";
import type { Tokens } from "./auth/tokens.ts";
import type { Config } from "./config.ts";
import { readBodiesToTheEnd } from "./drain.ts";
import type { Files } from "./files.ts";
import { type Metrics, observeRequests } from "./metrics.ts";
import { describeRoutes } from "./openapi.ts";
import { sendError } from "./problems.ts";
import { requestIdOf, runInContext, traceIdOf } from "./request-context.ts";
import { authRoutes } from "./routes/auth.ts";
import { fileRoutes } from "./routes/files.ts";
import { healthRoutes } from "./routes/health.ts";
import { logRoutes } from "./routes/logs.ts";
import { openapiRoutes } from "./routes/openapi.ts";
import type { Stores } from "./stores/index.ts";
import { refuseUnknownRoutes } from "./unknown-routes.ts";

export interface AppOptions {
  readonly config: Config;
  readonly stores: Stores;
  readonly files: Files;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly log: FastifyBaseLogger;
}

const maxJsonBytes = 8 * 1024 * 1024;

/** The whole api, not listening yet. Opens and closes no store: that is the caller's. */
export async function buildApp({
  config,
  stores,
  files,
  tokens,
  metrics,
  log,
}: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log,
    // Our own line per request, below, says what Fastify's two would and keeps to one shape.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    requestIdHeader: false,
    genReqId: ({ headers }) => requestIdOf(headers),
    bodyLimit: maxJsonBytes,
    // Slower than this nobody uploads 50 MB on purpose; below the sweep's 15 minutes for a stuck upload.
    requestTimeout: 120_000,
    forceCloseConnections: "idle",
    return503OnClosing: true,
    frameworkErrors: sendError,
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendError);
  app.removeContentTypeParser("text/plain");

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
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      "request answered",
    );
  });
  observeRequests(app, metrics.registry);
  refuseUnknownRoutes(app);
  guardRoutes(app, tokens, config.defects);
  await app.register(multipart, { throwFileSizeLimit: false });
  readBodiesToTheEnd(app);
  await describeRoutes(app);

  await app.register(healthRoutes, { stores, metrics });
  const api = { prefix: "/api" };
  await app.register(openapiRoutes, api);
  await app.register(authRoutes, { ...api, stores, tokens, metrics });
  await app.register(logRoutes, { ...api, logs: stores.logs, metrics, defects: config.defects });
  await app.register(fileRoutes, { ...api, files, metrics });
  await registerTestRoutes(app, config, stores);
  return app;
}

/** Seeding and resetting: refused in production by name, and absent from its image as files. */
async function registerTestRoutes(app: FastifyInstance, config: Config, stores: Stores): Promise<void> {
  const folder = join(import.meta.dirname, "test-only");
  if (config.OBSERVASTACK_TARGET === "production" || !existsSync(folder)) return;
  const { testRoutes } = await import("./test-only/index.ts");
  await app.register(testRoutes, { prefix: "/api/test", config, objects: stores.objects });
}
