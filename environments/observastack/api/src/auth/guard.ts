import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Defects } from "../defects.ts";
import { forbidden, unauthorized } from "../problems.ts";
import { currentContext } from "../request-context.ts";
import { hasRole, type Role } from "./roles.ts";
import type { Principal, Tokens } from "./tokens.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call: anybody, or people of at least this role. Every route says so. */
    readonly access?: Role | "public";
  }
  interface FastifyRequest {
    /** Null on public routes only. */
    principal: Principal | null;
  }
}

/** Checks token and role before a body is read. A route that names no access does not even start. */
export function guardRoutes(app: FastifyInstance, tokens: Tokens, defects: Defects): void {
  app.decorateRequest("principal", null);
  app.addHook("onRoute", ({ config, method, url }) => {
    if (config?.access === undefined)
      throw new Error(`route ${String(method)} ${url} does not say who may call it`);
  });
  app.addHook("onRequest", async (request) => {
    const access = request.routeOptions.config.access;
    if (request.is404 || access === undefined || access === "public") return;
    const principal = await authenticate(request, tokens, defects);
    if (principal === undefined) throw unauthorized("this needs a valid bearer token");
    request.principal = principal;
    const context = currentContext();
    if (context !== undefined) context.tenant = principal.tenant;
    if (!hasRole(principal.roles, access)) throw forbidden(`this needs the role ${access} or a higher one`);
  });
}

/** The principal of a guarded route. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null)
    throw new Error(`${request.routeOptions.url} is public and has no principal`);
  return request.principal;
}

async function authenticate(
  request: FastifyRequest,
  tokens: Tokens,
  defects: Defects,
): Promise<Principal | undefined> {
  if (defects.isPlanted("gateway-auth-bypass") && request.headers["x-debug-user"] === "admin") {
    const tenant = String(request.headers["x-debug-tenant"] ?? "acme");
    return { id: "00000000-0000-4000-8000-000000000000", username: "admin", tenant, roles: ["admin"] };
  }
  const token = /^Bearer ([\w.-]+)$/i.exec(request.headers.authorization ?? "")?.[1];
  return token === undefined ? undefined : tokens.verify(token);
}
