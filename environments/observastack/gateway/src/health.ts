import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { TokenCheck } from "./tokens.ts";

const ApiHealth = z.object({ status: z.string(), checks: z.record(z.string(), z.unknown()) });

/**
 * /health: the gateway and everything behind it. /health/ready: able to serve, which needs the keys once and no more, so
 * that an api that is away does not take its gateways with it. /health/live: the process answers.
 */
export function answerHealth(app: FastifyInstance, apiUrl: string, tokens: TokenCheck): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith("/health")) reply.header("cache-control", "no-store");
  });

  app.get("/health/live", async () => ({ status: "up", checks: {} }));

  app.get("/health/ready", async (_request, reply) => {
    const keys = await tokens.ready().then(
      () => "up",
      () => "down",
    );
    return reply.code(keys === "up" ? 200 : 503).send({ status: keys, checks: { keys: { status: keys } } });
  });

  app.get("/health", async (_request, reply) => {
    try {
      const response = await fetch(new URL("/health", apiUrl), { signal: AbortSignal.timeout(4_000) });
      const { status, checks } = ApiHealth.parse(await response.json());
      return reply.code(response.status).send({ status, checks: { api: { status: "up" }, ...checks } });
    } catch (error) {
      const api = { status: "down", error: (error as Error).message };
      return reply.code(503).send({ status: "down", checks: { api } });
    }
  });
}
