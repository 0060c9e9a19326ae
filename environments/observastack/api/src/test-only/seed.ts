import type pg from "pg";
import { z } from "zod";
import { hashPassword } from "../auth/passwords.ts";
import { roles } from "../auth/roles.ts";
import type { Config } from "../config.ts";
import { badRequest } from "../problems.ts";
import { slug, text } from "../routes/schemas.ts";
import { asOwner } from "./as-owner.ts";

const SeedTenant = z.strictObject({ slug, name: text(200) });
const SeedUser = z.strictObject({
  id: z.uuid().optional(),
  tenant: slug,
  username: text(128),
  displayName: text(200),
  email: z.email(),
  password: text(256),
  roles: z.array(z.enum(roles)).min(1),
});
type SeedUser = z.infer<typeof SeedUser>;

export const SeedRequest = z
  .strictObject({
    tenants: z.array(SeedTenant).max(1_000).default([]),
    users: z.array(SeedUser).max(10_000).default([]),
  })
  .meta({
    id: "SeedRequest",
    examples: [
      {
        tenants: [{ slug: "acme", name: "Acme" }],
        users: [
          {
            tenant: "acme",
            username: "viewer",
            displayName: "Vera Viewer",
            email: "viewer@acme.example",
            password: "correct horse battery staple",
            roles: ["viewer"],
          },
        ],
      },
    ],
  });
export type SeedRequest = z.infer<typeof SeedRequest>;

const Counts = z.object({ created: z.int().min(0), updated: z.int().min(0) });
export const SeedResult = z.object({ tenants: Counts, users: Counts }).meta({ id: "SeedResult" });
export type SeedResult = z.infer<typeof SeedResult>;

/** Idempotent: the same request twice leaves what it left once. All of it or nothing. */
export async function seed(config: Config, request: SeedRequest): Promise<SeedResult> {
  const hashes = await hashPasswords(request.users);
  return asOwner(config, async (client) => {
    // Two seeds at once would both find a user missing.
    await client.query("LOCK TABLE tenants, users IN SHARE ROW EXCLUSIVE MODE");
    const result: SeedResult = { tenants: { created: 0, updated: 0 }, users: { created: 0, updated: 0 } };
    for (const tenant of request.tenants) {
      const { rows } = await client.query<{ created: boolean }>(
        `INSERT INTO tenants (slug, name) VALUES ($1, $2)
         ON CONFLICT (slug) DO UPDATE SET name = excluded.name RETURNING xmax = 0 AS created`,
        [tenant.slug, tenant.name],
      );
      result.tenants[rows[0]?.created ? "created" : "updated"] += 1;
    }
    const known = await client.query<{ slug: string; id: string }>("SELECT slug, id FROM tenants");
    const tenantIds = new Map(known.rows.map(({ slug, id }) => [slug, id]));
    for (const user of request.users) {
      const tenantId = tenantIds.get(user.tenant);
      if (tenantId === undefined)
        throw badRequest(`user ${user.username}: there is no tenant ${user.tenant}`);
      result.users[await upsertUser(client, tenantId, user, hashes.get(user.password) ?? "")] += 1;
    }
    return result;
  });
}

/** Not ON CONFLICT: the unique constraint it needs is one of the things that may be missing on purpose. */
async function upsertUser(client: pg.Client, tenantId: string, user: SeedUser, hash: string) {
  const values = [tenantId, user.username, user.displayName, user.email, hash, user.roles];
  const updated = await client.query(
    `UPDATE users SET display_name = $3, email = $4, password_hash = $5, roles = $6, updated_at = now()
     WHERE tenant_id = $1 AND username = $2`,
    values,
  );
  if (updated.rowCount) return "updated";
  const inserted = await client.query(
    `INSERT INTO users (tenant_id, username, display_name, email, password_hash, roles, id)
     VALUES ($1, $2, $3, $4, $5, $6, coalesce($7, gen_random_uuid())) ON CONFLICT (id) DO NOTHING`,
    [...values, user.id ?? null],
  );
  if (inserted.rowCount === 0)
    throw badRequest(`user ${user.username}: id ${user.id} belongs to somebody else`);
  return "created";
}

/** Seeded people mostly share one password: hashing it once for all of them turns a minute into a moment. */
async function hashPasswords(users: readonly SeedUser[]): Promise<Map<string, string>> {
  const distinct = [...new Set(users.map(({ password }) => password))];
  return new Map(
    await Promise.all(distinct.map(async (password) => [password, await hashPassword(password)] as const)),
  );
}
