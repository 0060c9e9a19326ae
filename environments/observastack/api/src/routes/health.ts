import { setTimeout as delay } from "node:timers/promises";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Metrics } from "../metrics.ts";
import { jsonResponse } from "../problems.ts";
import type { Stores } from "../stores/index.ts";

interface HealthOptions {
  readonly stores: Stores;
  readonly metrics: Metrics;
}

const checkTimeoutMs = 2_000;

const Check = z.object({
  status: z.enum(["up", "down"]),
  latencyMs: z.number().min(0),
  error: z.string().optional(),
});
const Health = z.object({ status: z.enum(["up", "down"]), checks: z.record(z.string(), Check) }).meta({
  id: "Health",
  examples: [{ status: "up", checks: { postgres: { status: "up", latencyMs: 1.2 } } }],
});
type Check = z.infer<typeof Check>;

export const healthRoutes: FastifyPluginAsyncZod<HealthOptions> = async (app, { stores, metrics }) => {
  const { database, redis, logs, objects } = stores;
  const pings: Readonly<Record<string, () => Promise<void>>> = {
    postgres: database.ping,
    redis: redis.ping,
    logs: logs.ping,
    objects: objects.ping,
  };

  const route = (operationId: string, url: string, summary: string, checked: readonly string[]) =>
    app.get(
      url,
      {
        config: { access: "public" },
        schema: {
          operationId,
          tags: ["health"],
          summary,
          response: {
            200: jsonResponse("Everything that was checked is up.", Health),
            503: jsonResponse("Something that was checked is down.", Health),
          },
        },
      },
      async (_request, reply) => {
        const checks = Object.fromEntries(
          await Promise.all(checked.map(async (name) => [name, await check(pings[name])] as const)),
        );
        const isUp = Object.values(checks).every(({ status }) => status === "up");
        reply.header("cache-control", "no-store");
        return reply.code(isUp ? 200 : 503).send({ status: isUp ? "up" : "down", checks });
      },
    );

  route("getHealth", "/health", "Whether every store answers", Object.keys(pings));
  route(
    "getReadiness",
    "/health/ready",
    "Whether requests can be served: nobody gets in without the database",
    ["postgres"],
  );
  route("getLiveness", "/health/live", "Whether the process answers at all", []);

  app.get("/metrics", { config: { access: "public" }, schema: { hide: true } }, async (_request, reply) => {
    reply.header("content-type", metrics.registry.contentType);
    return metrics.registry.metrics();
  });
};

async function check(ping: (() => Promise<void>) | undefined): Promise<Check> {
  const started = performance.now();
  const abort = new AbortController();
  const timeout = delay(checkTimeoutMs, undefined, { signal: abort.signal }).then(() => {
    throw new Error(`no answer within ${checkTimeoutMs} ms`);
  });
  try {
    await Promise.race([ping?.(), timeout]);
    return { status: "up", latencyMs: since(started) };
  } catch (error) {
    return { status: "down", latencyMs: since(started), error: (error as Error).message };
  } finally {
    abort.abort();
    timeout.catch(() => {});
  }
}

function since(started: number): number {
  return Math.round((performance.now() - started) * 10) / 10;
}
