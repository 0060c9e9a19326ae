import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { noDefects } from "./defects.ts";

const issuer = "http://edge.example/realms/observastack";
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let upstream: Server;
let apiUrl: string;
let seen: { method: string; url: string; headers: IncomingHttpHeaders; bytes: number }[];

beforeAll(async () => {
  keys = await generateKeyPair("RS256");
});

beforeEach(async () => {
  seen = [];
  upstream = await startApi();
  apiUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});
afterEach(() => stop(upstream));

test("a valid token passes, with the tenant's trace and without headers only the inside may set", async () => {
  const app = await buildApp({ config: config() });
  const headers = {
    authorization: `Bearer ${await token()}`,
    "x-debug-user": "admin",
    "x-debug-tenant": "globex",
    "x-request-id": "4bf92f3577b34da6a3ce929d0e0e4736",
  };
  const answer = await app.inject({ url: "/api/logs?query=a%20b", headers });
  expect([answer.statusCode, answer.body, answer.headers["x-request-id"]]).toEqual([
    200,
    "from the api",
    headers["x-request-id"],
  ]);
  expect(seen[0]).toMatchObject({ method: "GET", url: "/api/logs?query=a%20b" });
  expect(seen[0]?.headers).toMatchObject({
    authorization: headers.authorization,
    "x-request-id": headers["x-request-id"],
    traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/),
  });
  expect(seen[0]?.headers).not.toHaveProperty("x-debug-user");
  expect(seen[0]?.headers).not.toHaveProperty("x-debug-tenant");
});

test("tokens that are missing, expired, of another issuer or audience, or signed by another key stop here", async () => {
  const app = await buildApp({ config: config() });
  const other = await generateKeyPair("RS256");
  const refused = [
    undefined,
    "Basic abc",
    "Bearer a.b.c",
    `Bearer ${await token({ expires: "-1s" })}`,
    `Bearer ${await token({ issuer: "http://elsewhere.example" })}`,
    `Bearer ${await token({ audience: "account" })}`,
    `Bearer ${await token({ key: other.privateKey })}`,
  ];
  for (const authorization of refused) {
    const answer = await app.inject({
      url: "/api/logs",
      headers: authorization === undefined ? {} : { authorization },
    });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([
      401,
      "application/problem+json; charset=utf-8",
    ]);
  }
  expect(seen).toEqual([]);
});

test("public addresses pass without a token, the test routes only outside production", async () => {
  const statuses = async (target: Config["OBSERVASTACK_TARGET"]) => {
    const app = await buildApp({ config: config({ OBSERVASTACK_TARGET: target }) });
    const urls = ["/api/auth/login", "/api/test/seed", "/api/test/other", "/api/auth/login/../../logs"];
    return Promise.all(urls.map(async (url) => (await app.inject({ method: "POST", url })).statusCode));
  };
  expect(await statuses("test")).toEqual([200, 200, 401, 401]);
  expect(await statuses("production")).toEqual([200, 401, 401, 401]);
});

test("the debug header replaces a token only while its defect is planted", async () => {
  const headers = { "x-debug-user": "admin" };
  const sound = await buildApp({ config: config() });
  expect((await sound.inject({ url: "/api/logs", headers })).statusCode).toBe(401);
  const defects = { planted: ["gateway-auth-bypass"] as const, isPlanted: () => true };
  const flawed = await buildApp({ config: config({ defects }) });
  expect((await flawed.inject({ url: "/api/logs", headers })).statusCode).toBe(200);
  expect(seen[0]?.headers).toHaveProperty("x-debug-user", "admin");
});

test("bodies pass as streams, larger than any buffer limit", async () => {
  const app = await buildApp({ config: config() });
  const bytes = 5 * 1024 * 1024;
  const answer = await app.inject({
    method: "POST",
    url: "/api/files/upload",
    headers: { authorization: `Bearer ${await token()}`, "content-type": "multipart/form-data; boundary=x" },
    payload: Buffer.alloc(bytes),
  });
  expect([answer.statusCode, seen[0]?.bytes]).toEqual([200, bytes]);
});

test("@req:G12 a read outlives an api that is away for a moment; a write is told at once", async () => {
  const app = await buildApp({ config: config() });
  const headers = { authorization: `Bearer ${await token()}` };
  // The keys are fetched while the api is there.
  expect((await app.inject({ url: "/api/logs", headers })).statusCode).toBe(200);
  const { port } = upstream.address() as AddressInfo;
  await stop(upstream);
  const write = await app.inject({ method: "POST", url: "/api/logs", headers });
  expect([write.statusCode, write.headers["retry-after"], write.json<{ type: string }>().type]).toEqual([
    503,
    "1",
    "urn:observastack:problem:upstream-unavailable",
  ]);
  const read = app.inject({ url: "/api/logs", headers });
  await delay(400);
  upstream = await startApi(port);
  expect((await read).statusCode).toBe(200);
});

test("without the keys a token cannot be judged: 503, not 401, and not ready", async () => {
  await stop(upstream);
  const app = await buildApp({ config: config() });
  const headers = { authorization: `Bearer ${await token()}` };
  expect((await app.inject({ url: "/api/logs", headers })).statusCode).toBe(503);
  expect((await app.inject("/health/ready")).statusCode).toBe(503);
  expect((await app.inject("/health/live")).statusCode).toBe(200);
});

test("ready once the keys are here, even when the api goes away after that; health tells", async () => {
  const app = await buildApp({ config: config() });
  expect((await app.inject("/health/ready")).statusCode).toBe(200);
  expect((await app.inject("/health")).json()).toEqual({
    status: "up",
    checks: { api: { status: "up" }, postgres: { status: "up" } },
  });
  await stop(upstream);
  expect((await app.inject("/health/ready")).statusCode).toBe(200);
  const health = await app.inject("/health");
  expect([health.statusCode, health.json<{ status: string }>().status]).toEqual([503, "down"]);
});

test("each person of each tenant has a rate of their own; beyond it comes a 429 problem", async () => {
  const app = await buildApp({ config: config({ RATE_LIMIT_PER_USER: 2 }) });
  const ask = async (tenant: string) => {
    const headers = { authorization: `Bearer ${await token({ tenant })}` };
    return app.inject({ url: "/api/logs", headers });
  };
  const answers = [await ask("acme"), await ask("acme"), await ask("acme"), await ask("globex")];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429, 200]);
  expect(answers[2]?.headers["retry-after"]).toBe("60");
  expect(answers[2]?.headers["content-type"]).toContain("application/problem+json");
});

test("@req:G4 requests are counted by route, method and status, whatever addresses people try", async () => {
  const app = await buildApp({ config: config() });
  const headers = { authorization: `Bearer ${await token()}` };
  for (const url of ["/api/files/1", "/api/files/2", "/api/a", "/api/b/c"])
    await app.inject({ url, headers });
  const { body } = await app.inject("/metrics");
  expect(body).toContain('http_requests_total{route="/api/files/:id",method="GET",status="200"} 2');
  expect(body).toContain('http_requests_total{route="other",method="GET",status="200"} 2');
  expect(body).toContain('http_request_duration_seconds_count{route="other",method="GET",status="200"} 2');
});

function config(overrides: Partial<Config> = {}): Config {
  return {
    HOST: "127.0.0.1",
    PORT: 0,
    LOG_LEVEL: "silent",
    OBSERVASTACK_TARGET: "test",
    OBSERVASTACK_SECRETS_DIR: "/nowhere",
    API_URL: apiUrl,
    REDIS_URL: "redis://127.0.0.1:1",
    JWT_ISSUER: issuer,
    RATE_LIMIT_PER_USER: 1_000,
    RATE_LIMIT_PER_ADDRESS: 1_000,
    redisPassword: "redis",
    defects: noDefects,
    ...overrides,
  };
}

interface TokenOptions {
  readonly tenant?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string;
  readonly key?: CryptoKey;
}

function token(options: TokenOptions = {}): Promise<string> {
  return new SignJWT({ tenant: options.tenant ?? "acme" })
    .setProtectedHeader({ alg: "RS256", kid: "test" })
    .setIssuer(options.issuer ?? issuer)
    .setAudience(options.audience ?? "observastack")
    .setSubject("3f2b8e0a-7d7e-4b0f-9a53-2f6f0d1c9c11")
    .setIssuedAt()
    .setExpirationTime(options.expires ?? "5m")
    .sign(options.key ?? keys.privateKey);
}

/** A stand-in for the api: its keys, its health, and one answer to everything else. */
async function startApi(port = 0): Promise<Server> {
  const jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(keys.publicKey)), kid: "test", alg: "RS256" }],
  });
  const server = createServer(async (request, response) => {
    if (request.url === "/api/auth/jwks.json") return response.end(jwks);
    if (request.url === "/health")
      return response.end(JSON.stringify({ status: "up", checks: { postgres: { status: "up" } } }));
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, bytes });
    return response.end("from the api");
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
