import { createHmac, createPublicKey } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { login, system } from "../support/observastack.ts";
import {
  confusedTokenLike,
  strangersKey,
  systemKey,
  tokenLike,
  unsignedTokenLike,
} from "../support/tokens.ts";

interface Operation {
  method: string;
  path: string;
  isProtected: boolean;
}

type OpenApi = { paths: Record<string, Record<string, { security?: Record<string, unknown>[] }>> };

const methods = ["get", "post", "put", "patch", "delete"];
let operations: Operation[];
let genuine: string;

beforeAll(async () => {
  const document = (await (await fetch(system.url("edge", "/api/openapi.json"))).json()) as OpenApi;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method] !== undefined)
      .map((method) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{[^}]+\}/g, "00000000-0000-4000-8000-000000000000"),
        isProtected: (item[method]?.security ?? []).some((scheme) => "bearer" in scheme),
      })),
  );
  genuine = (await login("admin")).token;
});

const call = (operation: Operation, headers: Record<string, string>) =>
  fetch(system.url("edge", operation.path), {
    method: operation.method,
    headers: { ...headers, ...(operation.method === "POST" ? { "content-type": "application/json" } : {}) },
    ...(operation.method === "POST" ? { body: "{}" } : {}),
  });

/** Which protected operations let such a request in. Anything but 401 counts: an answer of 400 or 404 means it got past the door. */
async function letIn(headers: Record<string, string>): Promise<string[]> {
  const guarded = operations.filter((operation) => operation.isProtected);
  const answers = await Promise.all(
    guarded.map(async (operation) => {
      const { status } = await call(operation, headers);
      return status === 401 ? [] : [`${operation.method} ${operation.path}: HTTP ${status}`];
    }),
  );
  return answers.flat();
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("authentication of every operation @req:B7", () => {
  it("covers what matters: at least the search, the ingest and the files are protected", () => {
    const guarded = operations
      .filter((operation) => operation.isProtected)
      .map(({ method, path }) => `${method} ${path.split("/")[2]}`);
    expect(guarded).toEqual(
      expect.arrayContaining(["GET logs", "POST logs", "POST files", "GET files", "DELETE files"]),
    );
  });

  it("reaches the operations with a genuine token", async () => {
    expect((await letIn(bearer(genuine))).length).toBe(
      operations.filter((operation) => operation.isProtected).length,
    );
  });

  it("refuses a request without a token", async () => {
    expect(await letIn({})).toEqual([]);
  });

  it.each(["Bearer", "Bearer x.y.z", "Basic YWRtaW46YWRtaW4=", "Bearer null", "bearer  "])(
    "refuses %j",
    async (authorization) => {
      expect(await letIn({ authorization })).toEqual([]);
    },
  );

  it("refuses an expired token, one not yet valid in issue, and one for another audience or from another issuer", async () => {
    expect(await letIn(bearer(tokenLike(genuine, { exp: Math.floor(Date.now() / 1000) - 120 })))).toEqual([]);
    expect(await letIn(bearer(tokenLike(genuine, { aud: "somebody-else" })))).toEqual([]);
    expect(await letIn(bearer(tokenLike(genuine, { iss: "http://127.0.0.1/realms/other" })))).toEqual([]);
  });

  it("refuses a token signed by a stranger, an unsigned one, and a confused one", async () => {
    const publicPem = createPublicKey(systemKey()).export({ type: "spki", format: "pem" }).toString();
    const hmac = (data: string, key: string) => createHmac("sha256", key).update(data).digest("base64url");
    expect(await letIn(bearer(tokenLike(genuine, {}, strangersKey())))).toEqual([]);
    expect(await letIn(bearer(unsignedTokenLike(genuine)))).toEqual([]);
    expect(await letIn(bearer(confusedTokenLike(genuine, publicPem, hmac)))).toEqual([]);
  });

  it.each([
    "x-debug-user",
    "x-user",
    "x-remote-user",
    "x-forwarded-user",
    "x-original-user",
    "x-authenticated-user",
  ])("is not talked into trust by the header %s", async (header) => {
    expect(await letIn({ [header]: "admin" })).toEqual([]);
  });
});
