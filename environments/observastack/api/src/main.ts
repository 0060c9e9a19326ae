import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import { createTokens } from "./auth/tokens.ts";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { createFiles, type Files } from "./files.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { withRetries } from "./retry.ts";
import { closeStores, openStores, type Stores } from "./stores/index.ts";
import { migrate } from "./stores/migrate.ts";
import { isUnreachable, ownerConnection } from "./stores/postgres.ts";

const sweepIntervalMs = 10_000;
const slowRecoveryMs = 60_000;

await main();

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.LOG_LEVEL);
  const metrics = createMetrics();
  const stores = openStores(config, metrics, log);
  const stopping = new AbortController();
  let app: FastifyInstance | undefined;

  /** Answers what is being answered, then lets go of the stores. A second signal does not wait. */
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
    log.info({ signal }, "stopping");
    await app?.close();
    await stores.redis.markStopped().catch(() => {});
    await closeStores(stores);
    log.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  try {
    const tokens = await createTokens(config.secrets.jwt_private_key, config.JWT_ISSUER);
    await noteStart(config, stores, log, stopping.signal);
    await prepareStores(config, stores, log);
    const files = createFiles(stores, config.defects, log);
    app = await buildApp({ config, stores, files, tokens, metrics, log });
    await app.listen({ host: config.HOST, port: config.PORT });
    log.info({ target: config.OBSERVASTACK_TARGET, defects: config.defects.planted }, "listening");
    void sweepRegularly(files, log, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return;
    log.fatal({ error }, "the api cannot start");
    process.exit(1);
  }
}

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    createLog("info").fatal({ problems: error.problems }, "the api cannot start with this configuration");
    process.exit(2);
  }
}

async function noteStart(config: Config, { redis }: Stores, log: Log, signal: AbortSignal): Promise<void> {
  const wasUnclean = await redis.markRunning().catch((error: unknown) => {
    log.warn({ error: String(error) }, "whether the last exit was clean is not known");
    return false;
  });
  if (!wasUnclean) return;
  log.warn("the last exit was not clean");
  if (config.defects.isPlanted("api-slow-recovery")) await delay(slowRecoveryMs, undefined, { signal });
}

/** The database has to be there. The others may come later: their first use prepares them. */
async function prepareStores(config: Config, { logs, objects }: Stores, log: Log): Promise<void> {
  const onRetry = () => log.warn("the database cannot be reached yet; trying again");
  await withRetries({ attempts: 6, backoffMs: 250, isWorthRetrying: isUnreachable, onRetry }, () =>
    migrate(ownerConnection(config), config.defects, log),
  );
  for (const [store, { prepare }] of Object.entries({ logs, objects }))
    await prepare().catch((error: Error) =>
      log.error({ store, error: error.cause }, "starting without this store"),
    );
}

async function sweepRegularly(files: Files, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const finished = await files.sweep();
      if (finished > 0) log.info({ finished }, "unfinished files were cleared away");
    } catch (error) {
      log.warn({ error: String(error) }, "unfinished files wait for the next sweep");
    }
    await delay(sweepIntervalMs, undefined, { signal, ref: false }).catch(() => {});
  }
}
