import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type AppOptions, buildApp } from "./app.ts";
import type { Role } from "./auth/roles.ts";
import { createTokens, type Tokens } from "./auth/tokens.ts";
import type { Config } from "./config.ts";
import { type Defects, noDefects } from "./defects.ts";
import { createFiles } from "./files.ts";
import { createLog } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { unavailable } from "./problems.ts";
import type { Stores } from "./stores/index.ts";
import { openLogs } from "./stores/logs.ts";
import { openObjects } from "./stores/objects.ts";

/** What the unit tests share: an api whose HTTP stores are loopback servers and whose other stores are away. */

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const issuer = "http://edge.example/realms/observastack";

export function testConfig(overrides: Partial<Config> = {}): Config {
  return {
    HOST: "127.0.0.1",
    PORT: 0,
    LOG_LEVEL: "silent",
    OBSERVASTACK_TARGET: "test",
    OBSERVASTACK_SECRETS_DIR: "/nowhere",
    JWT_ISSUER: issuer,
    DATABASE_HOST: "127.0.0.1",
    DATABASE_PORT: 1,
    DATABASE_NAME: "observastack",
    DATABASE_OWNER: "observastack",
    DATABASE_USER: "app",
    REDIS_URL: "redis://127.0.0.1:1",
    OPENSEARCH_URL: "http://127.0.0.1:1",
    S3_ENDPOINT: "http://127.0.0.1:1",
    S3_BUCKET: "uploads",
    S3_REGION: "us-east-1",
    secrets: {
      postgres_password: "postgres",
      app_password: "app",
      redis_password: "redis",
      s3_access_key: "access",
      s3_secret_key: "secret",
      jwt_private_key: privateKey,
      users_password: "users",
    },
    defects: noDefects,
    ...overrides,
  };
}

export function planted(...ids: Defects["planted"]): Defects {
  return { planted: ids, isPlanted: (id) => ids.includes(id) };
}

/** The app over the given configuration, and a maker of `authorization` headers. */
export async function startTestApp(config: Config, stores: Partial<Stores> = {}) {
  const log = createLog(config.LOG_LEVEL);
  const metrics = createMetrics();
  const tokens = await createTokens(config.secrets.jwt_private_key, config.JWT_ISSUER);
  const away = () => Promise.reject(unavailable("a store that is not part of this test", new Error("away")));
  const all: Stores = {
    database: { inTenant: away, unfinishedFiles: away, ping: away, close: async () => {} },
    redis: {
      countLoginFailure: away,
      loginFailures: away,
      forgetLoginFailures: away,
      markRunning: away,
      markStopped: away,
      ping: away,
      close: async () => {},
    },
    logs: openLogs(config, metrics, log),
    objects: openObjects(config, metrics, log),
    ...stores,
  };
  const options: AppOptions = {
    config,
    stores: all,
    files: createFiles(all, config.defects, log),
    tokens,
    metrics,
    log,
  };
  return { app: await buildApp(options), as: (role: Role, tenant = "acme") => bearer(tokens, role, tenant) };
}

async function bearer(tokens: Tokens, role: Role, tenant: string): Promise<{ authorization: string }> {
  const { token } = await tokens.issue({
    id: "3f2b8e0a-7d7e-4b0f-9a53-2f6f0d1c9c11",
    username: role,
    tenant,
    roles: [role],
    displayName: role,
    email: `${role}@${tenant}.example`,
  });
  return { authorization: `Bearer ${token}` };
}

/** A server on loopback, stopped by disposing it. */
export async function startServer(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
