import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

export const openapiRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/openapi.json",
    {
      config: { access: "public" },
      schema: {
        operationId: "getOpenapi",
        tags: ["health"],
        summary: "This description",
        response: { 200: z.record(z.string(), z.unknown()).describe("An OpenAPI 3.1 document.") },
      },
    },
    async () => app.swagger() as unknown as Record<string, unknown>,
  );
};
