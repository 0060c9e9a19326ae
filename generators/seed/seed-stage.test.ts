import { mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EnvironmentDescriptor } from "#core/environment";
import { UsageError } from "#core/errors";
import { createLog } from "#core/log";
import { generateSample } from "../sample/generate-sample.ts";
import type { Sink } from "../sinks/sink.ts";
import { type Answer, type ReceivedRequest, startReceiver } from "../testing/receiver.ts";
import { type GroundTruth, groundTruthOf } from "./ground-truth.ts";
import { reconcile } from "./reconcile.ts";
import { seedSchema } from "./schema.ts";
import { seedEnvironment } from "./seed-environment.ts";
import { seedStage } from "./seed-stage.ts";

const anchor = "2026-01-05T10:00:00.000Z";
const secrets = { users_password: "correct-horse-4711" };
const wholeConfig = {
  minutes: 3,
  people: { service: "api", keySecret: "users_password" },
  logs: { service: "edge", login: { passwordSecret: "users_password" } },
  metrics: { service: "prometheus" },
  traces: "file" as const,
};

/** Answers as ObservaStack and Prometheus do, keeping what it took. */
function fakeSystem(request: ReceivedRequest): Answer {
  if (request.path === "/api/v1/write") return { status: 204 };
  const body = JSON.parse(String(request.body));
  switch (request.path.split("?")[0]) {
    case "/api/test/seed":
      return request.headers["x-test-key"] === secrets.users_password
        ? {
            status: 200,
            body: { tenants: { created: 2 }, users: { created: body.users.length, updated: 0 } },
          }
        : { status: 401 };
    case "/api/auth/login":
      return body.password === secrets.users_password
        ? { status: 200, body: { token: "jwt-9921" } }
        : { status: 401 };
    case "/api/logs":
      return { status: 202, body: { accepted: body.records.length, rejected: 0, errors: [] } };
    default:
      return { status: 404 };
  }
}

function descriptor(port: number): EnvironmentDescriptor {
  const service = (inside: string) => ({
    image: inside,
    endpoints: [{ target: 8080, protocol: "tcp" as const, host: "127.0.0.1", port }],
    inside,
    hasHealthcheck: true,
    isOneShot: false,
  });
  const services = { edge: service("edge"), api: service("api"), prometheus: service("prometheus") };
  return {
    v: 1,
    id: "t1",
    project: "gauntlet-t1",
    anchor,
    seed: 42,
    services,
    tenants: [],
    groundTruth: {},
    caFile: null,
    fingerprint: "f",
  };
}

const temporary = () => mkdtempDisposable(join(tmpdir(), "gauntlet-seed-"));

describe("the seed stage", () => {
  it("fills a system with all signals and hands on the truth about them @req:C6 @req:C7", async () => {
    await using folder = await temporary();
    await using system = await startReceiver(fakeSystem);
    const lines: string[] = [];
    const progress: string[] = [];
    const outcome = await seedStage(
      seedSchema.parse(wholeConfig),
      descriptor(system.port),
      secrets,
      folder.path,
      {
        log: createLog({ write: (line) => lines.push(line), level: "debug" }),
        events: (event) => event.type === "progress" && progress.push(event.message),
      },
    );
    expect(outcome).toMatchObject({ seed: 42, anchor, tenants: ["acme", "globex"] });
    expect(Object.keys(outcome.counts).sort()).toEqual(["logs", "metrics", "people", "traces"]);
    for (const { generated, sent, accepted, rejected } of Object.values(outcome.counts)) {
      expect([sent, accepted, rejected]).toEqual([generated, generated, 0]);
    }
    expect(outcome.files).toEqual({
      groundTruth: join(folder.path, "ground-truth.json"),
      traces: join(folder.path, "traces.ndjson"),
    });
    expect((await readdir(folder.path)).sort()).toEqual(["ground-truth.json", "traces.ndjson"]);
    expect(system.requests[0]?.path).toBe("/api/test/seed");
    expect(progress).toHaveLength(4);

    const truth = JSON.parse(await readFile(join(folder.path, "ground-truth.json"), "utf8")) as GroundTruth;
    const received = system.requests
      .filter(({ path }) => path.startsWith("/api/logs"))
      .flatMap(({ body }) => JSON.parse(String(body)).records as { level: string; message: string }[]);
    const tenants = Object.values(truth.tenants);
    expect(received).toHaveLength(tenants.reduce((sum, { logs }) => sum + logs.total, 0));
    for (const level of ["debug", "info", "warn", "error"]) {
      const expected = tenants.reduce((sum, { logs }) => sum + (logs.byLevel[level] ?? 0), 0);
      expect(received.filter((record) => record.level === level)).toHaveLength(expected);
    }
    for (const { logs, canary } of tenants) {
      expect(received.filter(({ message }) => message.includes(canary))).toHaveLength(logs.canaryMessages);
    }
    const everything = [...lines, ...progress, JSON.stringify(outcome), JSON.stringify(truth)].join("\n");
    expect(everything).not.toMatch(/correct-horse-4711|jwt-9921/);
  });

  it("delivers only what has a receiver", async () => {
    await using folder = await temporary();
    const outcome = await seedStage(seedSchema.parse({ minutes: 1 }), descriptor(1), {}, folder.path);
    expect(outcome.counts).toEqual({});
    expect(Object.keys(outcome.files)).toEqual(["groundTruth"]);
  });

  it.each<[string, object, Record<string, string>, RegExp]>([
    [
      "a secret the environment lacks",
      wholeConfig,
      {},
      /seed.people.keySecret names the secret "users_password"/,
    ],
    ["a service that is not there", { metrics: { service: "mimir" } }, secrets, /no service "mimir"/],
    [
      "a port that is not published",
      { metrics: { service: "edge", port: 1 } },
      secrets,
      /publishes no port 1/,
    ],
  ])("refuses %s before anything is sent", async (_, config, given, message) => {
    await using folder = await temporary();
    await using system = await startReceiver(fakeSystem);
    const stage = seedStage(seedSchema.parse(config), descriptor(system.port), given, folder.path);
    await expect(stage).rejects.toThrow(UsageError);
    await expect(stage).rejects.toThrow(message);
    expect(system.requests).toEqual([]);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("leaves no ground truth behind when a delivery fails, and sends no logs when people were refused", async () => {
    await using folder = await temporary();
    await using system = await startReceiver(fakeSystem);
    const stage = seedStage(
      seedSchema.parse(wholeConfig),
      descriptor(system.port),
      { users_password: "wrong-one" },
      folder.path,
    );
    await expect(stage).rejects.toMatchObject({
      code: "SEED_UNAUTHORIZED",
      exitCode: 2,
      message: expect.not.stringContaining("wrong-one"),
    });
    expect(system.requests).toHaveLength(1);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("stops when the run is interrupted", async () => {
    await using folder = await temporary();
    const interruption = new AbortController();
    await using system = await startReceiver((request) => {
      if (request.path === "/api/v1/write") interruption.abort(new Error("SIGINT"));
      return fakeSystem(request);
    });
    const stage = seedStage(seedSchema.parse(wholeConfig), descriptor(system.port), secrets, folder.path, {
      signal: interruption.signal,
    });
    await expect(stage).rejects.toThrow("SIGINT");
    expect(await readdir(folder.path)).not.toContain("ground-truth.json");
  });

  it("names a folder it cannot write", async () => {
    await using folder = await temporary();
    await writeFile(join(folder.path, "file"), "");
    const stage = seedStage(seedSchema.parse({ minutes: 1 }), descriptor(1), {}, join(folder.path, "file"));
    await expect(stage).rejects.toMatchObject({ code: "SEED_OUTPUT_UNWRITABLE", exitCode: 2 });
  });
});

describe("reconciliation", () => {
  const sample = generateSample({ seed: 1, anchor, tenants: ["acme"], minutes: 1 });
  const total = sample.tenants[0]?.logs.length ?? 0;
  const sink: Pick<Sink, "name" | "signal"> = { name: "logs sink", signal: "logs" };

  it("is content when every record of the sample was accepted", () => {
    expect(() =>
      reconcile(sample, sink, { generated: total, sent: total, accepted: total, rejected: 0 }),
    ).not.toThrow();
  });

  it.each([
    ["lost before sending", { generated: total, sent: total - 1, accepted: total - 1, rejected: 0 }],
    ["lost by the receiver", { generated: total, sent: total, accepted: total - 1, rejected: 0 }],
    ["doubled", { generated: total, sent: total, accepted: total + 1, rejected: 0 }],
    ["never generated", { generated: total - 1, sent: total - 1, accepted: total - 1, rejected: 0 }],
  ])("finds a record that was %s", (_, count) => {
    expect(() => reconcile(sample, sink, count)).toThrow(
      expect.objectContaining({ code: "SEED_COUNT_MISMATCH", exitCode: 4 }),
    );
  });

  it("does not accept a rejected record, and says why it was", () => {
    const count = { generated: total, sent: total, accepted: total - 1, rejected: 1 };
    const expected = {
      code: "SEED_RECORDS_REJECTED",
      exitCode: 4,
      message: `logs sink rejected 1 of ${total} records: bad level`,
    };
    expect(() => reconcile(sample, sink, { ...count, reasons: ["bad level"] })).toThrow(
      expect.objectContaining(expected),
    );
    expect(() => reconcile(sample, sink, count)).toThrow(/1 of \d+ records$/);
  });

  it("stops the whole seeding", async () => {
    await using folder = await temporary();
    const lossy: Sink = {
      ...sink,
      deliver: async () => ({ generated: total, sent: total, accepted: 0, rejected: 0 }),
    };
    await expect(seedEnvironment(sample, { sinks: [lossy], folder: folder.path })).rejects.toMatchObject({
      code: "SEED_COUNT_MISMATCH",
    });
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe("the ground truth", () => {
  const sample = generateSample({ seed: 42, anchor, tenants: ["acme", "globex"] });
  const truth = groundTruthOf(sample);

  it("counts terms that a word search of the tenant's messages finds, and that no other tenant has", () => {
    for (const { slug, logs } of sample.tenants) {
      const terms = Object.entries(truth.tenants[slug]?.logs.terms ?? {});
      expect(terms).toHaveLength(10);
      for (const [term, count] of terms) {
        const holds = ({ message }: { message: string }) => message.split(/[^\p{L}\p{N}]+/u).includes(term);
        expect(logs.filter(holds)).toHaveLength(count);
        expect(sample.tenants.filter((other) => other.slug !== slug && other.logs.some(holds))).toEqual([]);
      }
    }
  });

  it("gives examples to follow from log to trace", () => {
    for (const { slug, logs, spans } of sample.tenants) {
      const examples = truth.tenants[slug]?.examples ?? [];
      expect(examples.map(({ isError }) => isError)).toEqual([true, true, true, false, false, false]);
      for (const example of examples) {
        expect(logs.filter(({ traceId }) => traceId === example.traceId)).toHaveLength(example.logs);
        expect(spans.filter(({ traceId }) => traceId === example.traceId)).toHaveLength(example.spans);
      }
    }
  });
});

describe("the schema", () => {
  it("fills in what ObservaStack needs", () => {
    expect(seedSchema.parse({})).toEqual({ tenants: ["acme", "globex"], minutes: 30, requestsPerMinute: 20 });
    expect(seedSchema.parse(wholeConfig).logs).toMatchObject({
      path: "/api/logs",
      maxRecords: 1000,
      login: { path: "/api/auth/login", username: "editor" },
    });
  });

  it.each<[string, object]>([
    ["an unknown key", { tenant: ["acme"] }],
    ["a tenant named twice", { tenants: ["acme", "acme"] }],
    ["no tenant", { tenants: [] }],
    ["a negative length", { minutes: -1 }],
    ["a path without a slash", { metrics: { service: "p", path: "api/v1/write" } }],
    ["a login without a secret", { logs: { service: "edge", login: {} } }],
  ])("refuses %s", (_, config) => {
    expect(seedSchema.safeParse(config).success).toBe(false);
  });
});
