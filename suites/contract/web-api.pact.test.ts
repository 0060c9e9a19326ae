import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MatchersV3, PactV4, SpecificationVersion, Verifier } from "@pact-foundation/pact";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "../../environments/observastack/web/src/api/api-error.ts";
import { createApiClient } from "../../environments/observastack/web/src/api/client.ts";
import {
  readFilePage,
  readLogPage,
  readSession,
} from "../../environments/observastack/web/src/api/shapes.ts";
import { ingest, login, logRecord, system, upload } from "../support/observastack.ts";

/**
 * The pact between the web front end and the api. Consumer side: the front end's own client and readers against Pact's
 * mock server. Provider side: the running system, through the edge, against the pact the consumer side just wrote.
 */
const m = MatchersV3;

interface PactRequest {
  headers: Record<string, string | undefined>;
}

const word = "pactword";
let folder: string;
let pact: PactV4;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-pact-"));
  pact = new PactV4({
    consumer: "observastack-web",
    provider: "observastack-api",
    dir: folder,
    spec: SpecificationVersion.SPECIFICATION_VERSION_V4,
    logLevel: "warn",
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const clientOf = (base: string, token: string | null = "a-token") =>
  createApiClient({
    fetch: (input, init) => fetch(`${base}${String(input)}`, init),
    token: () => token,
    onUnauthorized: () => {},
  });

const authorization = m.regex(/^Bearer .+$/, "Bearer a-token");
const json = { "content-type": m.regex(/^application\/json.*$/, "application/json; charset=utf-8") };
const problem = {
  "content-type": m.regex(/^application\/problem\+json.*$/, "application/problem+json; charset=utf-8"),
};

describe("what the front end expects @req:B5", () => {
  it("reads a page of logs", async () => {
    await pact
      .addInteraction()
      .given("a log that holds the word pactword")
      .uponReceiving("a search for the word")
      .withRequest("GET", "/api/logs", (request) =>
        request.query({ query: word, limit: "50" }).headers({ authorization }),
      )
      .willRespondWith(200, (response) =>
        response.headers(json).jsonBody({
          total: m.integer(1),
          items: m.eachLike({
            id: m.string("1"),
            timestamp: m.regex(/^\d{4}-\d\d-\d\dT.*$/, "2026-01-05T13:00:00.000Z"),
            service: m.string("checkout"),
            level: m.regex(/^(trace|debug|info|warn|error|fatal)$/, "info"),
            message: m.string("pactword"),
          }),
          tookMs: m.number(3),
        }),
      )
      .executeTest(async (server) => {
        const page = readLogPage(
          await clientOf(server.url).json("/api/logs", { query: { query: word, limit: 50 } }),
        );
        expect(page.total).toBe(1);
        expect(page.items[0]?.message).toBe("pactword");
      });
  });

  it("reads a page of files", async () => {
    await pact
      .addInteraction()
      .given("an uploaded file")
      .uponReceiving("a request for the files")
      .withRequest("GET", "/api/files", (request) =>
        request.query({ limit: "10", offset: "0" }).headers({ authorization }),
      )
      .willRespondWith(200, (response) =>
        response.headers(json).jsonBody({
          total: m.integer(1),
          items: m.eachLike({
            id: m.uuid(),
            originalName: m.string("a.txt"),
            mimeType: m.string("text/plain"),
            size: m.integer(3),
            sha256: m.regex(/^[0-9a-f]{64}$/, "a".repeat(64)),
            createdAt: m.regex(/^\d{4}-\d\d-\d\dT.*$/, "2026-01-05T13:00:00.000Z"),
          }),
        }),
      )
      .executeTest(async (server) => {
        const page = readFilePage(
          await clientOf(server.url).json("/api/files", { query: { limit: 10, offset: 0 } }),
        );
        expect(page.items).toHaveLength(1);
      });
  });

  it("reads a session after login", async () => {
    await pact
      .addInteraction()
      .given("the viewer of acme")
      .uponReceiving("a login")
      .withRequest("POST", "/api/auth/login", (request) =>
        request.jsonBody({
          tenant: "acme",
          username: "viewer",
          password: m.fromProviderState("${password}", "secret"),
        }),
      )
      .willRespondWith(200, (response) =>
        response.headers(json).jsonBody({
          token: m.string("a.b.c"),
          expiresAt: m.regex(/^\d{4}-\d\d-\d\dT.*$/, "2026-01-05T13:15:00.000Z"),
          user: {
            id: m.string("1"),
            username: m.string("viewer"),
            displayName: m.string("Vi Ewer"),
            roles: m.eachLike("viewer"),
            tenant: m.string("acme"),
          },
        }),
      )
      .executeTest(async (server) => {
        const body = { tenant: "acme", username: "viewer", password: "secret" };
        const session = readSession(
          await clientOf(server.url, null).json("/api/auth/login", { method: "POST", json: body }),
        );
        expect(session.user.tenant).toBe("acme");
      });
  });

  it("understands a refusal", async () => {
    await pact
      .addInteraction()
      .given("nobody is logged in")
      .uponReceiving("a search with a worn-out token")
      .withRequest("GET", "/api/logs", (request) => request.headers({ authorization: "Bearer worn-out" }))
      .willRespondWith(401, (response) =>
        response.headers(problem).jsonBody({ title: m.string("Unauthorized"), status: m.integer(401) }),
      )
      .executeTest(async (server) => {
        const refused = clientOf(server.url, "worn-out").json("/api/logs");
        await expect(refused).rejects.toBeInstanceOf(ApiError);
        await expect(refused).rejects.toMatchObject({ kind: "unauthorized" });
      });
  });
});

describe("what the api provides @req:B5", () => {
  it("honours every interaction of the pact", async () => {
    const file = join(folder, "observastack-web-observastack-api.json");
    const { interactions } = JSON.parse(await readFile(file, "utf8")) as { interactions: unknown[] };
    expect(interactions).toHaveLength(4);
    const editor = await login("editor");
    const verification = new Verifier({
      provider: "observastack-api",
      providerBaseUrl: system.url("edge"),
      pactUrls: [file],
      logLevel: "warn",
      stateHandlers: {
        "a log that holds the word pactword": async () => {
          await ingest(editor, [logRecord({ message: word })]);
        },
        "an uploaded file": async () => {
          await upload(editor, "pact.txt", "pact");
        },
        "the viewer of acme": async () => ({ password: system.secret("users_password") }),
        "nobody is logged in": async () => {},
      },
      // Tokens are made for each run, so the pact holds an example and the real one is put in here.
      requestFilter: (request: PactRequest, _response: unknown, next: () => void) => {
        if (request.headers["authorization"] === "Bearer a-token") {
          request.headers["authorization"] = `Bearer ${editor.token}`;
        }
        next();
      },
    }).verifyProvider();
    expect(await verification.then(() => "honoured", mismatchOf)).toBe("honoured");
  });
});

/** A mismatch is the answer this test asks for, so it is compared, not thrown. */
function mismatchOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
