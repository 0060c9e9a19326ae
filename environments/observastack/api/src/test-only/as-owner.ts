import pg from "pg";
import type { Config } from "../config.ts";
import { unavailable } from "../problems.ts";
import { isUnreachable, ownerConnection } from "../stores/postgres.ts";

/** One transaction as the owner of the tables, past row-level security. */
export async function asOwner<T>(config: Config, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(ownerConnection(config));
  try {
    await client.connect();
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    throw isUnreachable(error) ? unavailable("postgres", error) : error;
  } finally {
    // Ends a transaction that was not committed, too.
    await client.end().catch(() => {});
  }
}
