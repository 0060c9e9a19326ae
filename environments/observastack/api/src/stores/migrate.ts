import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import pg from "pg";
import type { Defects } from "../defects.ts";
import type { Log } from "../log.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const folder = join(import.meta.dirname, "../migrations");
/** Any number, as long as every replica uses the same one. */
const lock = 4_711_001;

/** Migrations in the order of their names. */
export async function readMigrations(directory = folder): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".sql")).sort();
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(join(directory, file), "utf8");
      return { name: basename(file, ".sql"), sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Brings the database up to date as its owner, one replica at a time, each migration in a transaction of its own.
 * Throws if a migration that was applied has been edited since.
 */
export async function migrate(owner: pg.ClientConfig, defects: Defects, log: Log): Promise<void> {
  const migrations = await readMigrations();
  const client = new pg.Client(owner);
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [lock]);
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
      name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query<{ name: string; checksum: string }>(
      "SELECT name, checksum FROM schema_migrations",
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    for (const migration of pendingMigrations(migrations, applied)) {
      await apply(client, migration);
      log.info({ migration: migration.name }, "migration applied");
    }
    if (defects.isPlanted("database-missing-unique"))
      await client.query("ALTER TABLE users DROP CONSTRAINT IF EXISTS users_tenant_id_username_key");
  } finally {
    // Ends the session and with it the advisory lock.
    await client.end();
  }
}

/** Those not applied yet. Throws where the database and the files tell different stories. */
export function pendingMigrations(
  all: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): Migration[] {
  for (const { name, checksum } of all)
    if (applied.has(name) && applied.get(name) !== checksum)
      throw new Error(`migration ${name} was changed after it had been applied; add a new one instead`);
  return all.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query("INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)", [name, checksum]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
  }
}
