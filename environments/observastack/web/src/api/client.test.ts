import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createApiClient, queryString } from "./client.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function clientOf(handler: Handler, token: () => string | null = () => "token-1") {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refused: string[] = [];
  const client = createApiClient({
    fetch: (input, init) => fetch(`${base}${String(input)}`, init),
    token,
    onUnauthorized: (old) => refused.push(old),
  });
  return { client, refused, server };
}

test("the token and the filters that are set reach the server", async () => {
  let seen: { url?: string | undefined; authorization?: string | undefined } = {};
  const { client } = await clientOf((request, response) => {
    seen = { url: request.url, authorization: request.headers.authorization };
    response.end("{}");
  });
  await client.json("/api/logs", { query: { query: "a b&c", level: null, service: "", limit: 50 } });
  expect(seen).toEqual({ url: "/api/logs?query=a+b%26c&limit=50", authorization: "Bearer token-1" });
});

test("a 401 reports the token that was sent, even if another is in use by then", async () => {
  let current = "old";
  const { client, refused } = await clientOf(
    (_, response) => {
      current = "new";
      response.writeHead(401).end();
    },
    () => current,
  );
  await expect(client.send("/api/logs")).rejects.toMatchObject({ kind: "unauthorized", status: 401 });
  expect(refused).toEqual(["old"]);
});

test("a 401 to a login, which sends no token, ends no session", async () => {
  const { client, refused } = await clientOf(
    (_, response) => response.writeHead(401).end(),
    () => null,
  );
  const login = client.json("/api/auth/login", { method: "POST", json: {} });
  await expect(login).rejects.toMatchObject({ kind: "unauthorized" });
  expect(refused).toEqual([]);
});

test("an answer that is not JSON is malformed, a server that is gone is a network error", async () => {
  const { client, server } = await clientOf((_, response) => response.end("<!doctype html>"));
  await expect(client.json("/api/logs")).rejects.toMatchObject({ kind: "malformed" });
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await expect(client.json("/api/logs")).rejects.toMatchObject({ kind: "network" });
});

test("the caller's abort comes back as an abort, not as an error to show", async () => {
  const { client } = await clientOf(() => {});
  const abort = new AbortController();
  const answer = client.send("/api/logs", { signal: abort.signal });
  abort.abort();
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
});

test("no filters, no question mark; zero is a value", () => {
  expect(queryString(undefined)).toBe("");
  expect(queryString({ cursor: null, query: "" })).toBe("");
  expect(queryString({ offset: 0 })).toBe("?offset=0");
});
