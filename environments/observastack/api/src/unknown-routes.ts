import type { FastifyInstance } from "fastify";
import { notFound, ProblemError } from "./problems.ts";

/**
 * Answers what no route answers: 405 with `Allow` where the address exists for other methods, 404 everywhere else.
 * Must be called before the routes are registered.
 */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const methodsByPattern = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = methodsByPattern.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    methodsByPattern.set(url, methods);
  });
  app.setNotFoundHandler((request) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    for (const [pattern, methods] of methodsByPattern)
      if (matches(pattern, path))
        throw new ProblemError(405, "method-not-allowed", `${path} does not know ${request.method}`, {
          headers: { allow: [...methods].sort().join(", ") },
        });
    throw notFound(`there is nothing at ${path}`);
  });
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length && wanted.every((part, at) => part.startsWith(":") || part === given[at])
  );
}
