import { UsageError } from "#core/errors";
import type { LatencyTable } from "./latency.ts";

/** How a service can fail on its own account. */
export interface Failure {
  /** Share of calls, 0 to 1. */
  rate: number;
  status: string;
  /** Goes into log messages and span events. */
  reason: string;
}

/** What one service does when called: its own time, its own failures, the calls it makes one after the other. */
export interface Operation {
  service: string;
  name: string;
  latency: LatencyTable;
  failures: readonly Failure[];
  calls: readonly Call[];
}

export interface Call {
  operation: Operation;
  /** Further attempts after a failed one. */
  retries: number;
}

/** A kind of request that reaches the system from outside. */
export interface Journey {
  name: string;
  method: string;
  path: string;
  /** Relative frequency. */
  weight: number;
  root: Operation;
}

/** Every service of the built-in graph, outside in. */
export const builtInServices = ["edge", "gateway", "api", "postgres", "redis", "logs", "objects"] as const;

/**
 * The built-in call graph: edge -> gateway -> api -> stores. With `services`, the others disappear and what they
 * would have called is called by their caller. Throws UsageError for unknown names and when `api` is missing.
 */
export function callGraph(services: readonly string[] = builtInServices): Journey[] {
  const unknown = services.filter((service) => !builtInServices.some((known) => known === service));
  if (unknown.length > 0 || !services.includes("api")) {
    const problem = unknown.length > 0 ? `unknown services: ${unknown.join(", ")}` : "services lack api";
    throw new UsageError(`the telemetry sample cannot be made, ${problem}`, {
      code: "IMPOSSIBLE_TOPOLOGY",
      hint: `choose from ${builtInServices.join(", ")}; api is always needed`,
    });
  }
  return journeys.map((journey) => {
    const root = withoutServices(journey.root, new Set(services))[0];
    return { ...journey, root: (root as Call).operation };
  });
}

function withoutServices(operation: Operation, kept: ReadonlySet<string>, retries = 0): Call[] {
  const calls = operation.calls.flatMap((call) => withoutServices(call.operation, kept, call.retries));
  return kept.has(operation.service) ? [{ operation: { ...operation, calls }, retries }] : calls;
}

// Stores: short, with a long tail.
const readSession = store("redis", "GET session", [180, 320, 700, 2_400, 9_000], []);
const selectUser = store(
  "postgres",
  "SELECT users",
  [1_000, 1_900, 4_200, 18_000, 90_000],
  [{ rate: 0.001, status: "ERROR", reason: "canceling statement due to statement timeout" }],
);
const selectFiles = store(
  "postgres",
  "SELECT files",
  [1_000, 2_600, 7_500, 42_000, 160_000],
  [{ rate: 0.002, status: "ERROR", reason: "canceling statement due to statement timeout" }],
);
const insertFile = store(
  "postgres",
  "INSERT files",
  [1_200, 3_400, 9_000, 35_000, 120_000],
  [{ rate: 0.001, status: "ERROR", reason: "could not serialize access due to concurrent update" }],
);
const searchIndex = store(
  "logs",
  "search",
  [3_000, 14_000, 55_000, 240_000, 700_000],
  [{ rate: 0.012, status: "ERROR", reason: "search phase execution exception: all shards failed" }],
);
const bulkIndex = store(
  "logs",
  "bulk",
  [4_000, 11_000, 38_000, 130_000, 400_000],
  [{ rate: 0.006, status: "ERROR", reason: "es_rejected_execution_exception: write queue is full" }],
);
const putObject = store(
  "objects",
  "PUT object",
  [3_000, 12_000, 60_000, 210_000, 600_000],
  [{ rate: 0.008, status: "ERROR", reason: "SlowDown: please reduce your request rate" }],
);

const journeys: readonly Journey[] = [
  journey(
    "search",
    "GET",
    "/api/logs",
    50,
    [
      { operation: readSession, retries: 0 },
      { operation: searchIndex, retries: 1 },
    ],
    [],
  ),
  journey(
    "ingest",
    "POST",
    "/api/logs",
    20,
    [
      { operation: readSession, retries: 0 },
      { operation: bulkIndex, retries: 1 },
    ],
    [{ rate: 0.03, status: "400", reason: "records[0].level: not one of the known levels" }],
  ),
  journey(
    "login",
    "POST",
    "/api/auth/login",
    12,
    [{ operation: selectUser, retries: 0 }],
    [{ rate: 0.08, status: "401", reason: "password does not match" }],
  ),
  journey(
    "list-files",
    "GET",
    "/api/files",
    10,
    [
      { operation: readSession, retries: 0 },
      { operation: selectFiles, retries: 0 },
    ],
    [],
  ),
  journey(
    "upload",
    "POST",
    "/api/files/upload",
    8,
    [
      { operation: readSession, retries: 0 },
      { operation: putObject, retries: 1 },
      { operation: insertFile, retries: 0 },
    ],
    [{ rate: 0.02, status: "413", reason: "file is larger than 50 MB" }],
  ),
];

function store(
  service: string,
  name: string,
  latency: LatencyTable,
  failures: readonly Failure[],
): Operation {
  return { service, name, latency, failures, calls: [] };
}

function journey(
  name: string,
  method: string,
  path: string,
  weight: number,
  calls: readonly Call[],
  failures: readonly Failure[],
): Journey {
  const route = `${method} ${path}`;
  const api: Operation = {
    service: "api",
    name: route,
    latency: [1_200, 3_000, 8_000, 26_000, 80_000],
    failures: [
      ...failures,
      { rate: 0.002, status: "500", reason: "cannot read properties of undefined (reading 'hits')" },
    ],
    calls,
  };
  const gateway: Operation = {
    service: "gateway",
    name: route,
    latency: [1_000, 1_700, 3_600, 12_000, 45_000],
    failures: [{ rate: 0.003, status: "429", reason: "rate limit of the tenant is used up" }],
    calls: [{ operation: api, retries: 0 }],
  };
  const root: Operation = {
    service: "edge",
    name: route,
    latency: [1_000, 1_300, 2_400, 7_000, 30_000],
    failures: [],
    calls: [{ operation: gateway, retries: 0 }],
  };
  return { name, method, path, weight, root };
}
