import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { principalOf } from "../auth/guard.ts";
import { hashPassword, isPasswordOf } from "../auth/passwords.ts";
import { roles } from "../auth/roles.ts";
import type { Tokens } from "../auth/tokens.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { jsonResponse, ProblemError, problemResponses, unauthorized } from "../problems.ts";
import { currentContext } from "../request-context.ts";
import type { Stores } from "../stores/index.ts";
import { slug, text } from "./schemas.ts";

interface AuthOptions {
  readonly stores: Pick<Stores, "database" | "redis">;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
}

const maxFailuresPerMinute = 20;

const LoginRequest = z.strictObject({ tenant: slug, username: text(128), password: text(256) }).meta({
  id: "LoginRequest",
  examples: [{ tenant: "acme", username: "viewer", password: "correct horse battery staple" }],
});

const User = z
  .object({
    id: z.uuid(),
    username: z.string(),
    displayName: z.string(),
    email: z.string(),
    roles: z.array(z.enum(roles)),
    tenant: z.string(),
  })
  .meta({
    id: "User",
    examples: [
      {
        id: "3f2b8e0a-7d7e-4b0f-9a53-2f6f0d1c9c11",
        username: "viewer",
        displayName: "Vera Viewer",
        email: "viewer@acme.example",
        roles: ["viewer"],
        tenant: "acme",
      },
    ],
  });
type User = z.infer<typeof User>;

const Session = z
  .object({ token: z.string(), expiresAt: z.iso.datetime(), user: User })
  .meta({ id: "Session", description: "A bearer token for 15 minutes and the person it stands for." });

const Jwks = z
  .object({
    keys: z.array(
      z.object({
        kty: z.string(),
        n: z.string(),
        e: z.string(),
        kid: z.string(),
        alg: z.string(),
        use: z.string(),
      }),
    ),
  })
  .meta({ id: "Jwks", description: "A JSON Web Key Set (RFC 7517)." });

export const authRoutes: FastifyPluginAsyncZod<AuthOptions> = async (app, { stores, tokens, metrics }) => {
  const { database, redis } = stores;
  // Compared against when there is no such person, so that the time of an answer does not tell who exists.
  const nobodysHash = await hashPassword("");

  app.post(
    "/auth/login",
    {
      config: { access: "public" },
      schema: {
        operationId: "login",
        tags: ["auth"],
        summary: "Log in",
        body: LoginRequest,
        response: { 200: jsonResponse("Logged in.", Session), ...problemResponses(400, 401, 413, 415) },
      },
    },
    async (request) => {
      const { tenant, username, password } = request.body;
      const context = currentContext();
      if (context !== undefined) context.tenant = tenant;
      const failures = await withoutRedis(request.log, 0, () => redis.loginFailures(tenant, username));
      if (failures >= maxFailuresPerMinute) {
        metrics.logins.inc({ result: "throttled" });
        throw new ProblemError(429, "too-many-attempts", "too many failed attempts; wait a minute", {
          headers: { "retry-after": "60" },
        });
      }
      const found = await findUser(username, tenant);
      if (!(await isPasswordOf(found?.passwordHash ?? nobodysHash, password)) || found === undefined) {
        await withoutRedis(request.log, 0, () => redis.countLoginFailure(tenant, username));
        metrics.logins.inc({ result: "refused" });
        throw unauthorized("tenant, username or password is wrong");
      }
      if (failures > 0)
        await withoutRedis(request.log, undefined, () => redis.forgetLoginFailures(tenant, username));
      await database.inTenant(tenant, (transaction) =>
        transaction
          .insertInto("audit_entries")
          .values({ tenant_id: found.tenantId, actor_id: found.user.id, action: "login", details: "{}" })
          .execute(),
      );
      metrics.logins.inc({ result: "accepted" });
      const { token, expiresAt } = await tokens.issue(found.user);
      return { token, expiresAt: expiresAt.toISOString(), user: found.user };
    },
  );

  app.get(
    "/auth/me",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "getMe",
        tags: ["auth"],
        summary: "The person the token stands for, as the database knows them now",
        response: { 200: jsonResponse("The person.", User), ...problemResponses(401, 403) },
      },
    },
    async (request) => {
      const { username, tenant, id } = principalOf(request);
      const found = await findUser(username, tenant);
      if (found?.user.id !== id) throw unauthorized("the person this token was made for is gone");
      return found.user;
    },
  );

  app.get(
    "/auth/jwks.json",
    {
      config: { access: "public" },
      schema: {
        operationId: "getJwks",
        tags: ["auth"],
        summary: "The public keys that check a token",
        response: { 200: jsonResponse("The keys.", Jwks), ...problemResponses() },
      },
    },
    async (_request, reply) => {
      reply.header("cache-control", "public, max-age=300");
      return Jwks.parse(tokens.jwks);
    },
  );

  function findUser(username: string, tenant: string) {
    return database.inTenant(tenant, async (transaction) => {
      const row = await transaction
        .selectFrom("users")
        .selectAll()
        .where("username", "=", username)
        .orderBy("created_at")
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { id, roles, email } = row;
      const user: User = { id, username: row.username, displayName: row.display_name, email, roles, tenant };
      return { user, tenantId: row.tenant_id, passwordHash: row.password_hash };
    });
  }
};

/** Counting failures is a second line of defence: without Redis people can still log in, and the log says so. */
async function withoutRedis<T>(log: Log, fallback: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.warn({ error: String(error) }, "log-in attempts are not counted at the moment");
    return fallback;
  }
}
