import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { httpWorkload } from "./http-workload.ts";

let server: Server;
let url: string;
let status = 200;
beforeAll(async () => {
  server = createServer((_, response) => {
    response.statusCode = status;
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it("keeps the rate it was asked for and counts what failed @req:D1", async () => {
  status = 200;
  await using load = await httpWorkload({ url, perSecond: 50 }).start(new AbortController().signal);
  const startMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const healthy = load.observe(startMs, Date.now());
  expect(healthy.requests).toBeGreaterThan(35);
  expect(healthy.requests).toBeLessThan(60);
  expect(healthy.failed).toBe(0);
  expect(healthy.latencies).toHaveLength(healthy.requests);
  status = 503;
  const brokenMs = Date.now() + 50;
  await expect.poll(() => load.observe(brokenMs, Date.now()).failed, { timeout: 3000 }).toBeGreaterThan(5);
});

it("counts a refused connection as failed and stops when its signal aborts", async () => {
  const controller = new AbortController();
  const load = await httpWorkload({ url: "http://127.0.0.1:1/", perSecond: 50 }).start(controller.signal);
  await expect.poll(() => load.observe(0, Date.now()).failed, { timeout: 3000 }).toBeGreaterThan(3);
  controller.abort();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const after = load.observe(0, Infinity).requests;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(load.observe(0, Infinity).requests).toBe(after);
  await load.stop();
});
