import { hostname } from "node:os";
import { Redis } from "ioredis";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";

export interface FastStore {
  /** Counts a failed log-in; the number of failures of this person in the current minute. */
  countLoginFailure(tenant: string, username: string): Promise<number>;
  loginFailures(tenant: string, username: string): Promise<number>;
  forgetLoginFailures(tenant: string, username: string): Promise<void>;
  /** Notes that this container's api runs. True if the note of its last run is still there: it did not stop cleanly. */
  markRunning(): Promise<boolean>;
  markStopped(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export const keyPrefix = "observastack:api:";
const loginWindowSeconds = 60;

export function openRedis(config: Config, log: Log): FastStore {
  const redis = new Redis(config.REDIS_URL, {
    password: config.secrets.redis_password,
    keyPrefix,
    connectTimeout: 2_000,
    commandTimeout: 1_000,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  redis.on("error", (error: Error) => log.warn({ error: error.message }, "redis cannot be reached"));
  const failuresOf = (tenant: string, username: string) => `login-failures:${tenant}:${username}`;
  // The host name is the container's: it survives a restart, and no other replica has it.
  const running = `running:${hostname()}`;

  return {
    async countLoginFailure(tenant, username) {
      const key = failuresOf(tenant, username);
      const replies = await redis.multi().incr(key).expire(key, loginWindowSeconds, "NX").exec();
      return Number(replies?.[0]?.[1] ?? 0);
    },
    loginFailures: async (tenant, username) => Number((await redis.get(failuresOf(tenant, username))) ?? 0),
    forgetLoginFailures: async (tenant, username) => void (await redis.del(failuresOf(tenant, username))),
    markRunning: async () => (await redis.set(running, new Date().toISOString(), "GET")) !== null,
    markStopped: async () => void (await redis.del(running)),
    ping: async () => void (await redis.ping()),
    close: async () => void redis.disconnect(),
  };
}
