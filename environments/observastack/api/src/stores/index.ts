import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { openLocalDiskObjects } from "./local-disk-objects.ts";
import { type LogStore, openLogs } from "./logs.ts";
import { type ObjectStore, openObjects } from "./objects.ts";
import { type Database, openDatabase } from "./postgres.ts";
import { type FastStore, openRedis } from "./redis.ts";

export interface Stores {
  readonly database: Database;
  readonly redis: FastStore;
  readonly logs: LogStore;
  readonly objects: ObjectStore;
}

/** Opens nothing yet but Redis' connection; the others connect when they are first asked. */
export function openStores(config: Config, metrics: Metrics, log: Log): Stores {
  return {
    database: openDatabase(config, log),
    redis: openRedis(config, log),
    logs: openLogs(config, metrics, log),
    objects: config.defects.isPlanted("api-files-on-local-disk")
      ? openLocalDiskObjects(join(tmpdir(), "observastack-files"))
      : openObjects(config, metrics, log),
  };
}

export async function closeStores({ database, redis, objects }: Stores): Promise<void> {
  objects.close();
  await Promise.allSettled([database.close(), redis.close()]);
}
