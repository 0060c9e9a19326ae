import { Redis } from "ioredis";
import { z } from "zod";
import type { Config } from "../config.ts";
import { unavailable } from "../problems.ts";
import type { ObjectStore } from "../stores/objects.ts";
import { keyPrefix } from "../stores/redis.ts";
import { asOwner } from "./as-owner.ts";

/** Empties every store, the database last: until it is done, what is left can still be found by its rows. */
export async function reset(config: Config, objects: ObjectStore): Promise<void> {
  for await (const key of objects.keys()) await objects.remove(key);
  await removeLogIndices(config).catch((error: unknown) => {
    throw unavailable("logs", error);
  });
  await forgetLoginFailures(config).catch((error: unknown) => {
    throw unavailable("redis", error);
  });
  await asOwner(config, (client) => client.query("TRUNCATE tenants CASCADE"));
}

async function removeLogIndices({ OPENSEARCH_URL }: Config): Promise<void> {
  const listed = await fetch(new URL("/_cat/indices/logs-*?h=index&format=json", OPENSEARCH_URL));
  const indices = z.array(z.object({ index: z.string() })).parse(await listed.json());
  for (const { index } of indices) {
    const removed = await fetch(new URL(`/${index}`, OPENSEARCH_URL), { method: "DELETE" });
    if (!removed.ok) throw new Error(`index ${index} could not be removed: ${removed.status}`);
  }
}

async function forgetLoginFailures({ REDIS_URL, secrets }: Config): Promise<void> {
  const redis = new Redis(REDIS_URL, { password: secrets.redis_password, maxRetriesPerRequest: 1 });
  redis.on("error", () => {});
  try {
    for await (const keys of redis.scanStream({ match: `${keyPrefix}login-failures:*` }) as AsyncIterable<
      string[]
    >)
      if (keys.length > 0) await redis.del(keys);
  } finally {
    redis.disconnect();
  }
}
