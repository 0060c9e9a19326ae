import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { httpProbe } from "./http-probe.ts";

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

it("counts answers below 400 as successes and everything else as failures, by the time they finished", async () => {
  let answers = 0;
  await using server = await serve((request, response) => {
    response.statusCode = request.headers["x-key"] === "k" && answers++ < 5 ? 200 : 503;
    response.end("body");
  });
  const fromMs = Date.now();
  await using probe = await httpProbe({
    url: server.url,
    everyMs: 20,
    timeoutMs: 500,
    headers: { "x-key": "k" },
  }).start(new AbortController().signal);
  await sleep(400);
  await probe.stop();
  const seen = probe.observe(fromMs, Date.now() + 1);
  expect(seen.requests - seen.failed).toBe(5);
  expect(seen.failed).toBeGreaterThan(3);
  expect(seen.latencies).toHaveLength(seen.requests);
  expect(probe.observe(0, fromMs).requests).toBe(0);
  const middleMs = fromMs + 200;
  const halves = probe.observe(fromMs, middleMs).requests + probe.observe(middleMs, Date.now() + 1).requests;
  expect(halves).toBe(seen.requests);
});

it("counts silence and refused connections as failures, and ends with its signal", async () => {
  const stop = new AbortController();
  await using server = await serve(() => {});
  const silent = await httpProbe({ url: server.url, everyMs: 10, timeoutMs: 100 }).start(stop.signal);
  const refused = await httpProbe({ url: "http://127.0.0.1:1/", everyMs: 20, timeoutMs: 100 }).start(
    stop.signal,
  );
  await sleep(350);
  stop.abort();
  const ended = [silent, refused].map((probe) => probe.observe(0, Date.now() + 1));
  for (const { requests, failed } of ended) {
    expect(requests).toBeGreaterThan(3);
    expect(failed).toBe(requests);
  }
  await sleep(60);
  expect(silent.observe(0, Date.now() + 1).requests).toBe(ended[0]?.requests);
  await expect(
    httpProbe({ url: server.url, everyMs: 10, timeoutMs: 9 }).start(stop.signal),
  ).rejects.toThrow();
});

it("does not pile up requests on a system that hangs", async () => {
  let open = 0;
  await using server = await serve(() => void open++);
  await using probe = await httpProbe({ url: server.url, everyMs: 1, timeoutMs: 5_000 }).start(
    new AbortController().signal,
  );
  await sleep(400);
  await probe.stop();
  expect(open).toBeLessThanOrEqual(64);
  expect(probe.observe(0, Date.now() + 1).failed).toBeGreaterThan(0);
});
