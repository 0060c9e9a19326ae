import { connectionOf } from "#core/environment";
import { testErrorOf } from "#reports";
import { answers } from "../checks/answers.ts";
import type { SuiteOf } from "../config/index.ts";
import { recordTests } from "./record-tests.ts";
import type { SuiteContext } from "./runner.ts";

/** One test per published endpoint: something answers there. */
export async function runSmoke(context: SuiteContext<SuiteOf<"smoke">>): Promise<void> {
  await smokeTest(context, endpointsOf(context));
}

interface SmokeEndpoint {
  service: string;
  host: string;
  port: number;
  target: number;
  path: string;
}

async function smokeTest(context: SuiteContext, endpoints: readonly SmokeEndpoint[]): Promise<void> {
  const tests = await Promise.all(
    endpoints.map(async (endpoint) => {
      const startedAt = new Date().toISOString();
      const startMs = performance.now();
      const { isAnswering, seen } = await answers(endpoint);
      return {
        file: "gauntlet/smoke",
        title: [endpoint.service, `answers on ${endpoint.target}${endpoint.path} @req:A1`],
        attempt: 1,
        status: isAnswering ? ("passed" as const) : ("failed" as const),
        startedAt,
        durationMs: performance.now() - startMs,
        ...(isAnswering
          ? {}
          : { error: testErrorOf(`${endpoint.service}:${endpoint.target}${endpoint.path}: ${seen}`) }),
      };
    }),
  );
  await recordTests(context, { tests, metrics: [] });
}

function endpointsOf({ environment, suite }: SuiteContext<SuiteOf<"smoke">>): SmokeEndpoint[] {
  if (suite.config.endpoints) {
    return suite.config.endpoints.map(({ service, target, path }) => {
      const endpoint = connectionOf(environment.descriptor, service, target);
      return { service, host: endpoint.host, port: endpoint.port, target: endpoint.target, path };
    });
  }
  return Object.entries(environment.descriptor.services).flatMap(([service, { endpoints }]) =>
    endpoints
      .filter((endpoint) => endpoint.protocol === "tcp")
      .map(({ host, port, target }) => ({ service, host, port, target, path: "/" })),
  );
}
