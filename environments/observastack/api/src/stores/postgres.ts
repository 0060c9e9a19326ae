import { Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { unavailable } from "../problems.ts";
import type { Tables } from "./tables.ts";

export type TenantTransaction = Transaction<Tables>;

export interface Database {
  /**
   * One transaction that sees and changes only what belongs to `tenant` (its slug). A tenant that does not exist owns
   * nothing. Throws a 503 problem when PostgreSQL cannot be reached.
   */
  inTenant<T>(tenant: string, work: (transaction: TenantTransaction) => Promise<T>): Promise<T>;
  /** Files of all tenants that an upload or a removal left half done. */
  unfinishedFiles(): Promise<readonly UnfinishedFile[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface UnfinishedFile {
  readonly tenant: string;
  readonly id: string;
  readonly key: string;
}

export function openDatabase(config: Config, log: Log): Database {
  const pool = new pg.Pool({
    ...address(config),
    user: config.DATABASE_USER,
    password: config.secrets.app_password,
    max: 20,
    connectionTimeoutMillis: 3_000,
    query_timeout: 5_000,
    statement_timeout: 5_000,
    application_name: "api",
  });
  // Idle connections break when PostgreSQL restarts; unheard, the event would end the process.
  pool.on("error", (error) => log.warn({ error }, "an idle database connection broke"));
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });

  return {
    inTenant: (tenant, work) =>
      reachable(() =>
        database.transaction().execute(async (transaction) => {
          await sql`select set_config('app.tenant', ${tenant}, true)`.execute(transaction);
          return work(transaction);
        }),
      ),
    unfinishedFiles: () =>
      reachable(
        async () => (await sql<UnfinishedFile>`select * from unfinished_files()`.execute(database)).rows,
      ),
    ping: async () => void (await reachable(() => sql`select 1`.execute(database))),
    close: () => database.destroy(),
  };
}

/** The connection of the tables' owner: for migrations, and for what only tests may do. */
export function ownerConnection(config: Config): pg.ClientConfig {
  return {
    ...address(config),
    user: config.DATABASE_OWNER,
    password: config.secrets.postgres_password,
    connectionTimeoutMillis: 3_000,
    application_name: "api-owner",
  };
}

/** True for a store that is away or overloaded, false for a statement that is wrong. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|53|57)/.test(error.code ?? "");
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return /^(E[A-Z]+|EAI_AGAIN)$/.test(code ?? "") || /connection terminated|timeout/i.test(error.message);
}

async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isUnreachable(error) ? unavailable("postgres", error) : error;
  }
}

function address(config: Config) {
  return { host: config.DATABASE_HOST, port: config.DATABASE_PORT, database: config.DATABASE_NAME };
}
