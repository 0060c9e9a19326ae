import { randomUUID } from "node:crypto";
import { Pool, type PoolClient } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { system, tenants } from "../support/observastack.ts";

const endpoint = system.endpoint("postgres");
const poolOf = (user: string, secret: string, max = 10) =>
  new Pool({ ...endpoint, user, password: system.secret(secret), database: "observastack", max });

let owner: Pool;
let app: Pool;
beforeAll(() => {
  owner = poolOf("observastack", "postgres_password");
  app = poolOf("app", "app_password");
});
afterAll(async () => {
  await owner.end();
  await app.end();
});

/** Runs `work` and takes back whatever it did. */
async function undone<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    return await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

async function insertUser(client: PoolClient, tenantId: string, username: string): Promise<string> {
  const { rows } = await client.query(
    `INSERT INTO users (tenant_id, username, display_name, email, password_hash, roles)
     VALUES ($1, $2, 'A Person', 'person@example.test', 'x', '{viewer}') RETURNING id`,
    [tenantId, username],
  );
  return rows[0].id;
}

const tenantId = async (client: PoolClient, slug: string): Promise<string> =>
  (await client.query("SELECT id FROM tenants WHERE slug = $1", [slug])).rows[0].id;

describe("PostgreSQL @req:B2", () => {
  it("creates, reads, changes and deletes a person", () =>
    undone(owner, async (client) => {
      const id = await insertUser(client, await tenantId(client, tenants.ours), "crud");
      await client.query("UPDATE users SET display_name = 'Changed' WHERE id = $1", [id]);
      expect((await client.query("SELECT display_name FROM users WHERE id = $1", [id])).rows).toEqual([
        { display_name: "Changed" },
      ]);
      await client.query("DELETE FROM users WHERE id = $1", [id]);
      expect((await client.query("SELECT 1 FROM users WHERE id = $1", [id])).rowCount).toBe(0);
    }));

  it("refuses a second person of the same name in a tenant, and allows it in another", () =>
    undone(owner, async (client) => {
      const [ours, theirs] = [await tenantId(client, tenants.ours), await tenantId(client, tenants.theirs)];
      await insertUser(client, ours, "twin");
      await insertUser(client, theirs, "twin");
      await expect(insertUser(client, ours, "twin")).rejects.toMatchObject({ code: "23505" });
    }));

  it.each([
    [
      "a role that does not exist",
      "INSERT INTO users (tenant_id, username, display_name, email, password_hash, roles) SELECT id, 'x', 'x', 'x', 'x', '{root}' FROM tenants LIMIT 1",
      "23514",
    ],
    [
      "a person without a tenant",
      `INSERT INTO users (tenant_id, username, display_name, email, password_hash, roles) VALUES ('${randomUUID()}', 'x', 'x', 'x', 'x', '{viewer}')`,
      "23503",
    ],
    ["a tenant's slug with spaces", "INSERT INTO tenants (slug, name) VALUES ('no good', 'x')", "23514"],
    [
      "a file of negative size",
      `INSERT INTO files (id, tenant_id, original_name, mime_type, size, sha256, bucket, key, state) SELECT '${randomUUID()}', id, 'x', 'x', -1, repeat('a', 64), 'b', 'k', 'stored' FROM tenants LIMIT 1`,
      "23514",
    ],
  ])("refuses %s", (_, statement, code) =>
    undone(owner, async (client) => {
      await expect(client.query(statement)).rejects.toMatchObject({ code });
    }),
  );

  it("shows the api's role nothing without a tenant, and only the tenant's own rows with one", () =>
    undone(app, async (client) => {
      expect((await client.query("SELECT count(*)::int AS n FROM users")).rows).toEqual([{ n: 0 }]);
      await client.query("SELECT set_config('app.tenant', $1, true)", [tenants.ours]);
      const { rows } = await client.query(
        "SELECT DISTINCT t.slug FROM users u JOIN tenants t ON t.id = u.tenant_id",
      );
      expect(rows).toEqual([{ slug: tenants.ours }]);
    }));

  it("keeps the api's role from changing the audit trail, the schema and its own rights", () =>
    undone(app, async (client) => {
      for (const statement of [
        "DELETE FROM audit_entries",
        "CREATE TABLE mine (x int)",
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        "SET ROLE observastack",
      ]) {
        await client.query("SAVEPOINT before");
        await expect(client.query(statement)).rejects.toMatchObject({ code: expect.stringMatching(/^42/) });
        await client.query("ROLLBACK TO before");
      }
    }));

  it("finds a tenant's newest files by an index, among ten thousand", () =>
    undone(owner, async (client) => {
      const id = await tenantId(client, tenants.ours);
      await client.query(
        `INSERT INTO files (id, tenant_id, original_name, mime_type, size, sha256, bucket, key, state)
         SELECT gen_random_uuid(), $1, 'f' || n, 'text/plain', n, repeat('a', 64), 'performance', n::text, 'stored'
         FROM generate_series(1, 10000) n`,
        [id],
      );
      await client.query("ANALYZE files");
      const { rows } = await client.query(
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM files WHERE tenant_id = $1 AND state = 'stored' ORDER BY created_at DESC, id LIMIT 20",
        [id],
      );
      const [plan] = rows[0]["QUERY PLAN"];
      expect(JSON.stringify(plan)).toContain("files_newest_idx");
      expect(plan["Execution Time"]).toBeLessThan(50);
    }));

  it("serves 20 clients at once, each reading its own writes", async () => {
    const pool = poolOf("observastack", "postgres_password", 20);
    try {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          undone(pool, async (client) => {
            const id = await insertUser(client, await tenantId(client, tenants.ours), `concurrent-${n}`);
            return (await client.query("SELECT username FROM users WHERE id = $1", [id])).rows[0].username;
          }),
        ),
      );
      expect(results).toEqual(Array.from({ length: 20 }, (_, n) => `concurrent-${n}`));
    } finally {
      await pool.end();
    }
  });
});
