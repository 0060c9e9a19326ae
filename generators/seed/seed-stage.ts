import { resolve } from "node:path";
import { connectionOf, type EnvironmentDescriptor } from "#core/environment";
import { UsageError } from "#core/errors";
import { generateSample } from "../sample/generate-sample.ts";
import { jsonLogsSink } from "../sinks/json-logs-sink.ts";
import { peopleSink } from "../sinks/people-sink.ts";
import { remoteWriteSink } from "../sinks/remote-write-sink.ts";
import type { Sink } from "../sinks/sink.ts";
import { tracesFileSink } from "../sinks/traces-file-sink.ts";
import type { CheckedSeedConfig } from "./schema.ts";
import { type SeedIo, type SeedOutcome, seedEnvironment } from "./seed-environment.ts";

/**
 * Fills a started environment as the configuration says, with the environment's seed and anchor. `secrets` are values
 * by name. Throws UsageError before anything is sent when a service, port or secret is missing, and SeedError.
 */
export async function seedStage(
  config: CheckedSeedConfig,
  environment: EnvironmentDescriptor,
  secrets: Readonly<Record<string, string>>,
  folder: string,
  io: SeedIo = {},
): Promise<SeedOutcome> {
  const tracesFile = resolve(folder, "traces.ndjson");
  const sinks = sinksOf(config, { environment, secrets, tracesFile });
  const sample = generateSample({
    seed: environment.seed,
    anchor: environment.anchor,
    tenants: config.tenants,
    minutes: config.minutes,
    requestsPerMinute: config.requestsPerMinute,
  });
  const files = config.traces === undefined ? {} : { traces: tracesFile };
  return await seedEnvironment(sample, { sinks, folder: resolve(folder), files }, io);
}

interface Surroundings {
  environment: EnvironmentDescriptor;
  secrets: Readonly<Record<string, string>>;
  tracesFile: string;
}

function sinksOf({ people, logs, metrics, traces }: CheckedSeedConfig, around: Surroundings): Sink[] {
  const sinks: Sink[] = [];
  if (people) {
    sinks.push(
      peopleSink({
        url: urlOf(people, around),
        keyHeader: people.keyHeader,
        key: secretOf(people.keySecret, "seed.people.keySecret", around),
        password: secretOf(people.passwordSecret ?? people.keySecret, "seed.people.passwordSecret", around),
      }),
    );
  }
  if (logs) {
    const { login, fields, lastBatchQuery, maxRecords } = logs;
    const password = secretOf(login.passwordSecret, "seed.logs.login.passwordSecret", around);
    const loginUrl = urlOf({ ...logs, path: login.path }, around);
    sinks.push(
      jsonLogsSink({
        url: urlOf(logs, around),
        login: { url: loginUrl, username: login.username, password, fields: login.fields },
        fields,
        lastBatchQuery,
        maxRecords,
      }),
    );
  }
  if (metrics) sinks.push(remoteWriteSink({ url: urlOf(metrics, around) }));
  if (traces) sinks.push(tracesFileSink({ path: around.tracesFile }));
  return sinks;
}

function urlOf(
  receiver: { service: string; port?: number | undefined; path: string },
  { environment }: Surroundings,
): string {
  const { host, port } = connectionOf(environment, receiver.service, receiver.port);
  return `http://${host}:${port}${receiver.path}`;
}

function secretOf(name: string, setting: string, { environment, secrets }: Surroundings): string {
  const value = secrets[name];
  if (value !== undefined && value !== "") return value;
  throw new UsageError(
    `${setting} names the secret "${name}", which environment ${environment.id} does not have`,
    {
      code: "NO_SUCH_SECRET",
      hint: `secrets: ${Object.keys(secrets).join(", ") || "none"}`,
    },
  );
}
