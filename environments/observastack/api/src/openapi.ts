import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";

declare module "fastify" {
  interface FastifyContextConfig {
    /** A request body the description names although no schema validates it: JSON Schema by media type. */
    readonly documentedBody?: Readonly<Record<string, object>>;
  }
}

/** OpenAPI 3.1 out of the routes' schemas. What a route's `access` says becomes its security requirement. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "ObservaStack API",
        version: "0.1.0",
        description: "Logs and files of many tenants. Errors are problem details (RFC 9457).",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/" }],
      tags: [
        { name: "auth", description: "Logging in" },
        { name: "logs", description: "Taking in and searching log records" },
        { name: "files", description: "Files of a tenant" },
        { name: "health", description: "Whether it works" },
        { name: "test", description: "For tests only; not in the production image" },
      ],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
          testKey: {
            type: "apiKey",
            in: "header",
            name: "x-test-key",
            description: "The secret users_password.",
          },
        },
      },
    },
    transform(document) {
      const { schema, url } = jsonSchemaTransform(document);
      const { access, documentedBody } = document.route.config ?? {};
      const security = schema.security ?? (access === "public" ? [] : [{ bearer: [] }]);
      const body = documentedBody && {
        body: { content: mapValues(documentedBody, (type) => ({ schema: type })) },
      };
      return { schema: { ...schema, security, ...body }, url };
    },
    transformObject: (document) => withoutUnusedSchemas(jsonSchemaTransformObject(document)),
  });
}

/** The transform makes every schema twice, as input and as output; most are only ever one of them. */
function withoutUnusedSchemas<T extends ReturnType<typeof jsonSchemaTransformObject>>(document: T): T {
  const { components = {}, ...rest } = document as { components?: { schemas?: Record<string, object> } };
  const schemas = components.schemas ?? {};
  const used = new Set<string>();
  const visit = (part: unknown) => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      visit(schemas[name] ?? {});
    }
  };
  visit(rest);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...rest, components: { ...components, schemas: kept } } as T;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
