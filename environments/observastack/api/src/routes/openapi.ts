import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { jsonResponse, problemResponses } from "../problems.ts";

export const openapiRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/openapi.json",
    {
      config: { access: "public" },
      schema: {
        operationId: "getOpenapi",
        tags: ["health"],
        summary: "This description",
        response: {
          200: jsonResponse("An OpenAPI 3.1 document.", z.record(z.string(), z.unknown())),
          ...problemResponses(),
        },
      },
    },
    async () => app.swagger() as unknown as Record<string, unknown>,
  );
};
