import { expect, test } from "vitest";
import { bodyOf, planted, startServer, startTestApp, testConfig } from "./testing.ts";

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, { description: string; content?: Record<string, unknown> }>>;
}

const emptyResult = JSON.stringify({ took: 3, hits: { total: { value: 0 }, hits: [] } });
const record = { timestamp: "2026-03-01T12:00:00Z", service: "cart", level: "info", message: "added" };

test("@req:G2 every operation has an id, a tag, its security and its errors in OpenAPI 3.1", async () => {
  const { app } = await startTestApp(testConfig());
  const document = (await app.inject("/api/openapi.json")).json<{
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  }>();
  expect(document.openapi).toBe("3.1.0");
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { operationId, tags, security, responses } of operations) {
    expect({ operationId, tags, security }).toEqual({
      operationId: expect.any(String),
      tags: [expect.any(String)],
      security: expect.any(Array),
    });
    for (const [status, { description, content }] of Object.entries(responses)) {
      expect(description).not.toBe("Default Response");
      if (Number(status) >= 400 && !tags?.includes("health"))
        expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
    }
  }
  const guarded = operations.filter(({ security }) => security?.some((scheme) => "bearer" in scheme));
  for (const { responses } of guarded)
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(["401", "403"]));
});

test("every reference in the description leads somewhere and nothing is described for nobody", async () => {
  const { app } = await startTestApp(testConfig());
  const text = (await app.inject("/api/openapi.json")).body;
  const { components } = JSON.parse(text) as { components: { schemas: object } };
  const referenced = new Set(
    [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
  );
  expect([...referenced].sort()).toEqual(Object.keys(components.schemas).sort());
});

test("without a token 401, without the role 403, unknown addresses 404, unknown methods 405: all problems", async () => {
  const { app, as } = await startTestApp(testConfig());
  const viewer = await as("viewer");
  const answers = [
    await app.inject("/api/logs"),
    await app.inject({ url: "/api/logs", headers: { authorization: "Bearer a.b.c" } }),
    await app.inject({ method: "POST", url: "/api/logs", headers: viewer, payload: { records: [record] } }),
    await app.inject("/api/nothing"),
    await app.inject({ method: "PUT", url: "/api/files/7c9e6679-7425-40de-944b-e07fc1f90ae7" }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 403, 404, 405]);
  expect(answers[0]?.headers["www-authenticate"]).toBe('Bearer realm="observastack"');
  expect(answers[4]?.headers["allow"]).toBe("DELETE, GET, HEAD");
  for (const answer of answers) {
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json()).toMatchObject({ status: answer.statusCode, type: expect.stringMatching(/^urn:/) });
  }
});

test.each([
  ["no JSON", { payload: "{", headers: { "content-type": "application/json" } }, 400],
  ["nothing", { headers: { "content-type": "application/json" } }, 400],
  ["another media type", { payload: "a,b", headers: { "content-type": "text/csv" } }, 415],
  ["a wrong level", { payload: { records: [{ ...record, level: "loud" }] } }, 400],
  ["a wrong day", { payload: { records: [{ ...record, timestamp: "2026-02-30T00:00:00Z" }] } }, 400],
  ["an unknown field", { payload: { records: [{ ...record, severity: 1 }] } }, 400],
  ["no record", { payload: { records: [] } }, 400],
  ["1001 records", { payload: { records: Array(1001).fill(record) } }, 400],
  ["9 MB", { payload: { records: [{ ...record, message: "x".repeat(9 * 1024 * 1024) }] } }, 413],
])("a body with %s is refused as a problem", async (_name, request, status) => {
  const { app, as } = await startTestApp(testConfig());
  const headers = { ...(await as("editor")), ...("headers" in request ? request.headers : {}) };
  const answer = await app.inject({ method: "POST", url: "/api/logs", ...request, headers });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers["content-type"]).toContain("application/problem+json");
});

test("a validation problem says where", async () => {
  const { app, as } = await startTestApp(testConfig());
  const answer = await app.inject({ url: "/api/logs?limit=201", headers: await as("viewer") });
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ path: expect.stringContaining("limit") }] });
});

test("a search asks for the caller's tenant only, and with the leak planted for everybody's", async () => {
  const asked: { path: string | undefined; body: string }[] = [];
  await using store = await startServer(async (request, response) => {
    asked.push({ path: request.url?.split("?")[0], body: await bodyOf(request) });
    response.end(emptyResult);
  });
  for (const defects of [planted(), planted("api-tenant-leak-search")]) {
    const { app, as } = await startTestApp(testConfig({ OPENSEARCH_URL: store.url, defects }));
    expect((await app.inject({ url: "/api/logs", headers: await as("viewer") })).statusCode).toBe(200);
  }
  expect(asked.map(({ path }) => path)).toEqual(["/logs-acme/_search", "/logs-*/_search"]);
  expect(asked.map(({ body }) => body.includes('{"term":{"tenant":"acme"}}'))).toEqual([true, false]);
});

test("the level filter reaches the store unless its defect is planted", async () => {
  const bodies: string[] = [];
  await using store = await startServer(async (request, response) => {
    bodies.push(await bodyOf(request));
    response.end(emptyResult);
  });
  for (const defects of [planted(), planted("api-search-ignores-level")]) {
    const { app, as } = await startTestApp(testConfig({ OPENSEARCH_URL: store.url, defects }));
    await app.inject({ url: "/api/logs?level=error", headers: await as("viewer") });
  }
  expect(bodies.map((body) => body.includes('{"term":{"level":"error"}}'))).toEqual([true, false]);
});

test("total is a number unless its defect is planted", async () => {
  await using store = await startServer((_request, response) => response.end(emptyResult));
  const totals = [];
  for (const defects of [planted(), planted("api-search-total-as-string")]) {
    const { app, as } = await startTestApp(testConfig({ OPENSEARCH_URL: store.url, defects }));
    totals.push(
      (await app.inject({ url: "/api/logs", headers: await as("viewer") })).json<{ total: unknown }>().total,
    );
  }
  expect(totals).toEqual([0, "0"]);
});

test("a log store that is busy twice is asked a third time; one that stays busy is a 503 problem", async () => {
  let asked = 0;
  let busyFor = 2;
  await using store = await startServer((_request, response) => {
    asked += 1;
    response.statusCode = asked <= busyFor ? 503 : 200;
    response.end(emptyResult);
  });
  const { app, as } = await startTestApp(testConfig({ OPENSEARCH_URL: store.url }));
  const search = { url: "/api/logs", headers: await as("viewer") };
  expect((await app.inject(search)).statusCode).toBe(200);
  expect(asked).toBe(3);
  busyFor = Number.POSITIVE_INFINITY;
  const refused = await app.inject(search);
  expect([refused.statusCode, refused.headers["retry-after"], asked]).toEqual([503, "1", 6]);
  expect((await app.inject("/metrics")).body).toContain('observastack_store_retries_total{store="logs"} 4');
});

test("@req:G4 requests are counted and timed by route pattern, method and status", async () => {
  const { app } = await startTestApp(testConfig());
  await app.inject("/api/files/7c9e6679-7425-40de-944b-e07fc1f90ae7");
  await app.inject("/api/no/such/thing");
  const { body } = await app.inject("/metrics");
  expect(body).toContain('http_requests_total{route="/api/files/:id",method="GET",status="401"} 1');
  expect(body).toContain('http_requests_total{route="unmatched",method="GET",status="404"} 1');
  expect(body).toContain(
    'http_request_duration_seconds_count{route="/api/files/:id",method="GET",status="401"} 1',
  );
});

test("@req:G2 the test routes ask for their key and do not exist in production", async () => {
  const seed = { method: "POST", url: "/api/test/seed", payload: {} } as const;
  const { app } = await startTestApp(testConfig());
  expect((await app.inject(seed)).statusCode).toBe(401);
  expect((await app.inject({ ...seed, headers: { "x-test-key": "wrong" } })).statusCode).toBe(401);
  const production = await startTestApp(testConfig({ OBSERVASTACK_TARGET: "production" }));
  expect((await production.app.inject({ ...seed, headers: { "x-test-key": "users" } })).statusCode).toBe(404);
});

test("the debug header opens nothing unless its defect is planted", async () => {
  await using store = await startServer((_request, response) => response.end(emptyResult));
  const statuses = [];
  for (const defects of [planted(), planted("gateway-auth-bypass")]) {
    const { app } = await startTestApp(testConfig({ OPENSEARCH_URL: store.url, defects }));
    statuses.push((await app.inject({ url: "/api/logs", headers: { "x-debug-user": "admin" } })).statusCode);
  }
  expect(statuses).toEqual([401, 200]);
});

test("health names the stores that are away and liveness does not care", async () => {
  const { app } = await startTestApp(testConfig());
  const health = await app.inject("/health");
  expect(health.statusCode).toBe(503);
  expect(Object.keys(health.json<{ checks: object }>().checks)).toEqual([
    "postgres",
    "redis",
    "logs",
    "objects",
  ]);
  expect((await app.inject("/health/live")).statusCode).toBe(200);
});
