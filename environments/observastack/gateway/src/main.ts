import { Redis } from "ioredis";
import { buildApp } from "./app.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";

await main();

async function main(): Promise<void> {
  const config = readConfig();
  const redis = new Redis(config.REDIS_URL, {
    password: config.redisPassword,
    connectTimeout: 1_000,
    // Counting must not cost more than it protects: while Redis is away, requests pass at once.
    commandTimeout: 250,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  const app = await buildApp({ config, redis });
  redis.on("error", (error: Error) => app.log.warn({ error: error.message }, "redis cannot be reached"));

  let isStopping = false;
  /** Answers what is being answered, then lets go. A second signal does not wait. */
  const stop = async (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    app.log.info({ signal }, "stopping");
    await app.close();
    redis.disconnect();
    app.log.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  await app.listen({ host: config.HOST, port: config.PORT });
  app.log.info({ target: config.OBSERVASTACK_TARGET, defects: config.defects.planted }, "listening");
}

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const line = {
      "@timestamp": new Date().toISOString(),
      service: "gateway",
      level: "fatal",
      message: error.message,
    };
    process.stderr.write(`${JSON.stringify(line)}\n`);
    process.exit(2);
  }
}
