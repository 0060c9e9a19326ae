import { timingSafeEqual } from "node:crypto";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Config } from "../config.ts";
import { jsonResponse, problemResponses, unauthorized } from "../problems.ts";
import type { ObjectStore } from "../stores/objects.ts";
import { reset } from "./reset.ts";
import { SeedRequest, SeedResult, seed } from "./seed.ts";

interface TestOptions {
  readonly config: Config;
  readonly objects: ObjectStore;
}

/** Filling and emptying a whole environment. Guarded by a key, since a test environment has tokens worth nothing. */
export const testRoutes: FastifyPluginAsyncZod<TestOptions> = async (app, { config, objects }) => {
  const key = Buffer.from(config.secrets.users_password);
  app.addHook("onRequest", async (request) => {
    const given = Buffer.from(String(request.headers["x-test-key"] ?? ""));
    if (given.length !== key.length || !timingSafeEqual(given, key))
      throw unauthorized("this needs the test key");
  });

  app.post(
    "/seed",
    {
      config: { access: "public" },
      bodyLimit: 32 * 1024 * 1024,
      schema: {
        operationId: "seed",
        tags: ["test"],
        security: [{ testKey: [] }],
        summary: "Make tenants and users as given; those that exist are brought up to date",
        body: SeedRequest,
        response: {
          200: jsonResponse("What was made and what was brought up to date.", SeedResult),
          ...problemResponses(400, 401, 413, 415),
        },
      },
    },
    (request) => seed(config, request.body),
  );

  app.post(
    "/reset",
    {
      config: { access: "public" },
      schema: {
        operationId: "reset",
        tags: ["test"],
        security: [{ testKey: [] }],
        summary: "Remove all tenants, users, files, log records and counters",
        response: {
          204: z.undefined().describe("Everything is gone."),
          ...problemResponses(400, 401, 413, 415),
        },
      },
    },
    async (_request, reply) => {
      await reset(config, objects);
      return reply.code(204).send();
    },
  );
};
