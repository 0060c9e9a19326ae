import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, it } from "vitest";
import { answers } from "./answers.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<{ host: string; port: number; path: string }> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port, path: "/" };
}

const http = (status: number) =>
  listen(
    createHttpServer((_, response) => {
      response.statusCode = status;
      response.end();
    }),
  );

it("takes any HTTP status below 500 for an answer @req:A1", async () => {
  expect(await answers(await http(404))).toEqual({ isAnswering: true, seen: "HTTP 404" });
});

it("finds a server that answers with its own failure", async () => {
  expect(await answers(await http(503))).toEqual({ isAnswering: false, seen: "HTTP 503" });
});

it("takes a held connection for an answer when the service does not speak HTTP", async () => {
  const silent = await listen(createServer((socket) => socket.on("data", () => socket.end())));
  expect(await answers(silent)).toEqual({ isAnswering: true, seen: "accepts connections" });
  const talkative = await listen(createServer((socket) => socket.write("220 ready\r\n")));
  expect((await answers(talkative, 300)).isAnswering).toBe(true);
});

it("finds a port that forwards to nothing, and one that is closed", async () => {
  const hollow = await listen(createServer((socket) => socket.destroy()));
  expect(await answers(hollow)).toMatchObject({ isAnswering: false });
  expect(await answers({ host: "127.0.0.1", port: 1, path: "/" })).toMatchObject({
    isAnswering: false,
    seen: expect.stringContaining("ECONNREFUSED"),
  });
});
