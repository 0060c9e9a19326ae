import { createServer } from "node:net";
import { expect, it } from "vitest";
import type { SuiteOf } from "../config/index.ts";
import { fakeEnvironment, loopbackServer } from "../testing/fake-environment.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { statuses, trySuite } from "../testing/try-suite.ts";
import { runSmoke } from "./run-smoke.ts";

async function trial(config: Record<string, unknown>, ports: Record<string, number[]>, udp: string[] = []) {
  await using folder = await temporaryFolder();
  const environment = fakeEnvironment(ports);
  for (const service of udp)
    for (const endpoint of environment.descriptor.services[service]?.endpoints ?? [])
      endpoint.protocol = "udp";
  return await trySuite<SuiteOf<"smoke">>(runSmoke, { runner: "smoke", ...config }, { folder, environment });
}

async function closedPort(): Promise<number> {
  await using server = await loopbackServer();
  return server.port;
}

it("asks each published port, and finds the one behind which nothing lives @req:A3", async () => {
  await using web = await loopbackServer();
  const gone = await closedPort();
  const { bundle, error } = await trial({}, { web: [web.port], cache: [gone], metrics: [gone] }, ["metrics"]);
  expect(error).toBeUndefined();
  expect(statuses(bundle)).toEqual([
    "web > answers on 8080/ @req:A1: passed",
    `cache > answers on 8080/ @req:A1: failed (cache:8080/: connect ECONNREFUSED 127.0.0.1:${gone})`,
  ]);
});

it("asks chosen addresses only, on the paths they name", async () => {
  await using web = await loopbackServer((request, response) => {
    response.writeHead(request.url === "/health" ? 503 : 200).end();
  });
  const endpoints = [{ service: "web", path: "/health" }, { service: "web" }];
  const { bundle } = await trial({ endpoints }, { web: [web.port], other: [1] });
  expect(statuses(bundle)).toEqual([
    "web > answers on 8080/health @req:A1: failed (web:8080/health: HTTP 503)",
    "web > answers on 8080/ @req:A1: passed",
  ]);
});

it("refuses an address of a service the system does not have", async () => {
  const { error } = await trial({ endpoints: [{ service: "api" }] }, { web: [1] });
  expect(error).toMatchObject({ code: "NO_SUCH_SERVICE", exitCode: 2, hint: "services: web" });
});

it("takes a service that holds its connection for alive", async () => {
  const server = createServer((socket) => socket.on("data", () => socket.end()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const { bundle } = await trial({}, { db: [port] });
  server.close();
  expect(bundle.tests[0]?.status).toBe("passed");
});
