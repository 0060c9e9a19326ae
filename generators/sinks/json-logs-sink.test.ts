import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { generateSample } from "../sample/generate-sample.ts";
import { seedSchema } from "../seed/schema.ts";
import { type Answer, impatientIo, type ReceivedRequest, startReceiver } from "../testing/receiver.ts";
import { jsonLogsSink } from "./json-logs-sink.ts";

const sample = generateSample({ seed: 1, anchor: "2026-01-05T10:00:00Z", tenants: ["acme", "globex"] });
const defaults = seedSchema.parse({
  logs: { service: "edge", login: { passwordSecret: "users_password" } },
}).logs;
if (!defaults) throw new Error("the schema lost the logs section");

type Record = { timestamp: string; message: string; trace_id: string; span_id: string; attributes: object };
const recordsOf = (request: ReceivedRequest) => JSON.parse(String(request.body)).records as Record[];
const isLogin = (request: ReceivedRequest) => request.path === "/api/auth/login";
const takeAll = (request: ReceivedRequest): Answer => {
  if (isLogin(request))
    return { status: 200, body: { token: `token-of-${JSON.parse(String(request.body)).tenant}` } };
  return { status: 202, body: { accepted: recordsOf(request).length, rejected: 0, errors: [] } };
};

function sinkFor(url: string, changes: Partial<Parameters<typeof jsonLogsSink>[0]> = {}) {
  const { fields, login, lastBatchQuery, maxRecords } = defaults as NonNullable<typeof defaults>;
  return jsonLogsSink({
    url: `${url}/api/logs`,
    login: {
      url: `${url}/api/auth/login`,
      username: login.username,
      password: "hunter2",
      fields: login.fields,
    },
    fields,
    lastBatchQuery,
    maxRecords,
    ...changes,
  });
}

it("delivers every record once under its tenant's token, two batches at a time, waiting at the end @req:C7", async () => {
  await using receiver = await startReceiver(async (request) => {
    await delay(2);
    return takeAll(request);
  });
  const count = await sinkFor(receiver.url, { maxRecords: 300 }).deliver(sample, impatientIo());
  const total = sample.tenants.reduce((sum, { logs }) => sum + logs.length, 0);
  expect(count).toMatchObject({ generated: total, sent: total, accepted: total, rejected: 0 });

  const [logins, batches] = [
    receiver.requests.filter(isLogin),
    receiver.requests.filter((one) => !isLogin(one)),
  ];
  expect(logins.map(({ body }) => JSON.parse(String(body)))).toEqual([
    { tenant: "acme", username: "editor", password: "hunter2" },
    { tenant: "globex", username: "editor", password: "hunter2" },
  ]);
  expect(Math.max(...batches.map(({ inFlight }) => inFlight))).toBe(2);
  expect(batches.slice(0, -2).every(({ path }) => path === "/api/logs")).toBe(true);
  expect(batches.slice(-2).map(({ path }) => path)).toEqual(["/api/logs?wait=true", "/api/logs?wait=true"]);

  for (const { slug, logs } of sample.tenants) {
    const own = batches.filter(({ headers }) => headers.authorization === `Bearer token-of-${slug}`);
    expect(own.every((batch) => recordsOf(batch).length <= 300 && batch.body.length < 1024 * 1024)).toBe(
      true,
    );
    const received = own
      .flatMap(recordsOf)
      .map((one) => [one.timestamp, one.message, one.trace_id, one.span_id].join());
    const expected = logs.map((log) =>
      [new Date(log.timestampMs).toISOString(), log.message, log.traceId, log.spanId].join(),
    );
    expect(received.sort()).toEqual(expected.sort());
  }
});

it("speaks the receiver's field names", async () => {
  await using receiver = await startReceiver((request) =>
    isLogin(request)
      ? { status: 200, body: { jwt: "t" } }
      : { status: 200, body: { ok: JSON.parse(String(request.body)).entries.length, bad: 0 } },
  );
  const config = defaults as NonNullable<typeof defaults>;
  const sink = sinkFor(receiver.url, {
    fields: { ...config.fields, records: "entries", message: "msg", accepted: "ok", rejected: "bad" },
    login: {
      url: `${receiver.url}/api/auth/login`,
      username: "u",
      password: "p",
      fields: { tenant: "org", username: "name", password: "pass", token: "jwt" },
    },
    lastBatchQuery: "",
  });
  expect((await sink.deliver(sample, impatientIo())).rejected).toBe(0);
  expect(JSON.parse(String(receiver.requests[0]?.body))).toEqual({ org: "acme", name: "u", pass: "p" });
  expect(receiver.requests.at(-1)?.path).toBe("/api/logs");
  expect(JSON.parse(String(receiver.requests.at(-1)?.body)).entries[0].msg).toEqual(expect.any(String));
});

it("counts what was rejected and keeps the first reasons", async () => {
  await using receiver = await startReceiver((request, index) => {
    const answer = takeAll(request);
    if (index !== 2) return answer;
    const errors = [4, 7].map((at) => ({ index: at, reason: "mapper_parsing_exception" }));
    return { status: 202, body: { accepted: recordsOf(request).length - 2, rejected: 2, errors } };
  });
  const count = await sinkFor(receiver.url).deliver(sample, impatientIo());
  expect(count.rejected).toBe(2);
  expect(count.accepted + count.rejected).toBe(count.sent);
  expect(count.reasons).toEqual([4, 7].map((at) => `{"index":${at},"reason":"mapper_parsing_exception"}`));
});

it.each<[string, Answer, Answer | undefined, object]>([
  [
    "a wrong password",
    { status: 401, body: "no user with hunter2" },
    undefined,
    { code: "SEED_UNAUTHORIZED", exitCode: 2 },
  ],
  [
    "a login without a token",
    { status: 200, body: {} },
    undefined,
    { code: "SEED_UNEXPECTED_ANSWER", exitCode: 2 },
  ],
  [
    "a login answer that is no object",
    { status: 200, body: [1] },
    undefined,
    { code: "SEED_UNEXPECTED_ANSWER", exitCode: 2 },
  ],
  [
    "a role that may not write",
    { status: 200, body: { token: "t0ken" } },
    { status: 403, body: "t0ken" },
    { code: "SEED_UNAUTHORIZED", exitCode: 2 },
  ],
  [
    "an answer without counts",
    { status: 200, body: { token: "t0ken" } },
    { status: 202, body: { accepted: -1 } },
    { code: "SEED_UNEXPECTED_ANSWER", exitCode: 2 },
  ],
])("names %s, without password or token", async (_, login, logs, expected) => {
  await using receiver = await startReceiver((request) =>
    isLogin(request) ? login : (logs ?? { status: 500 }),
  );
  const error = await sinkFor(receiver.url)
    .deliver(sample, impatientIo())
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject(expected);
  expect(String(error)).not.toMatch(/hunter2|t0ken/);
});
