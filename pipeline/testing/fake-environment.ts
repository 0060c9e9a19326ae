import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { EnvironmentDescriptor } from "#core/environment";
import { UsageError } from "#core/errors";
import type { Target } from "#core/ports";
import type { StartedEnvironment } from "#environments";

export interface FakeEnvironment extends StartedEnvironment {
  /** How often it was stopped. */
  readonly stops: () => number;
}

/** An environment that was started by hand: `ports` are loopback ports by service, `targets` what faults act on. */
export function fakeEnvironment(
  ports: Readonly<Record<string, readonly number[]>>,
  targets: readonly Target[] = [],
): FakeEnvironment {
  let stops = 0;
  const stop = async () => {
    stops++;
  };
  return {
    descriptor: descriptorOf(ports),
    secretsFile: "/dev/null",
    services: Object.keys(ports),
    target(service) {
      const found = targets.find((target) => target.service === service);
      if (!found) throw new UsageError(`no service is called ${service}`);
      return found;
    },
    collectLogs: async () => {},
    changedSinceStart: async () => [],
    keep: () => Promise.reject(new UsageError("this environment cannot be kept")),
    stops: () => stops,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function descriptorOf(ports: Readonly<Record<string, readonly number[]>>): EnvironmentDescriptor {
  const services = Object.entries(ports).map(([service, published]) => [
    service,
    {
      image: `${service}:test`,
      inside: service,
      hasHealthcheck: false,
      isOneShot: false,
      endpoints: published.map((port, index) => ({
        target: 8080 + index,
        protocol: "tcp" as const,
        host: "127.0.0.1",
        port,
      })),
    },
  ]);
  return {
    v: 1,
    id: "test01",
    project: "gauntlet-test01",
    anchor: "2026-01-05T13:00:00.000Z",
    seed: 42,
    services: Object.fromEntries(services),
    tenants: ["acme"],
    groundTruth: {},
    caFile: null,
    fingerprint: "0".repeat(64),
  };
}

export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
  /** Paths asked for so far. */
  readonly requests: readonly string[];
}

/** A small real server on loopback; answers `ok` unless told otherwise. */
export async function loopbackServer(
  answer: RequestListener = (_, response) => response.end("ok"),
): Promise<LoopbackServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
