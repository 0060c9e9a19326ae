import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type BackupPolicy,
  createBackupKey,
  type DrillCheck,
  type DrillResult,
  loadBackupPolicy,
  parseBackupPolicy,
  resolveBackupKey,
  runDrill,
} from "#backups";
import type { TargetPool } from "#core/ports";
import type { StartedEnvironment } from "#environments";
import { type NewTest, statusOfVerdict, testErrorOf } from "#reports";
import type { SuiteOf } from "../config/index.ts";
import { recordTests } from "./record-tests.ts";
import { vitestTests } from "./run-vitest.ts";
import type { SuiteContext } from "./runner.ts";
import { suiteVariables } from "./suite-variables.ts";

type DrillContext = SuiteContext<SuiteOf<"drill">>;

/** Backs the data stores up, restores them into an isolated twin, compares, and runs the smoke files there. */
export async function runDrillSuite(context: DrillContext): Promise<void> {
  const { prepare } = context.suite.config;
  if (prepare.length > 0) await recordTests(context, await vitestTests(context, prepare));
  for (const { policy, key } of await policiesOf(context)) {
    let twin: StartedEnvironment | undefined;
    const result = await runDrill({
      policy,
      key,
      source: context.environment,
      folder: join(context.workFolder, policy.name),
      provideTarget: async () => {
        twin = await context.startTwin({ isIsolated: true });
        return twin;
      },
      afterRestore: async () => (twin === undefined ? [] : smokeChecks(context, twin)),
      signal: context.signal,
      events: context.events,
    });
    await recordDrill(context, result);
  }
}

async function policiesOf(context: DrillContext) {
  const { policy, databases } = context.suite.config;
  if (policy !== undefined) {
    const loaded = await loadBackupPolicy(resolve(context.projectFolder, policy));
    const secrets = JSON.parse(await readFile(context.environment.secretsFile, "utf8")) as Record<
      string,
      string
    >;
    return [{ policy: loaded, key: await resolveBackupKey(loaded.encryption.key, secrets) }];
  }
  const key = createBackupKey();
  return Promise.all(
    (databases ?? []).map(async (service) => ({
      policy: await builtInPolicy(service, context.environment),
      key,
    })),
  );
}

/** For a database in a container that follows the official image's variables. The key lives as long as the drill. */
async function builtInPolicy(service: string, targets: TargetPool): Promise<BackupPolicy> {
  const printed = await targets.target(service).exec(["env"]);
  const variables = new Map(
    printed.stdout
      .toString()
      .split("\n")
      .map((line) => line.split("=", 2) as [string, string]),
  );
  const user = variables.get("POSTGRES_USER") ?? "postgres";
  return parseBackupPolicy({
    file: `gauntlet/drill-${service}`,
    text: JSON.stringify({
      version: 1,
      kind: "BackupPolicy",
      name: `drill-${service.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-")}`,
      sources: [
        {
          name: "database",
          engine: "postgres",
          service,
          database: variables.get("POSTGRES_DB") ?? user,
          user,
          ...(variables.has("POSTGRES_PASSWORD_FILE")
            ? { passwordFile: variables.get("POSTGRES_PASSWORD_FILE") }
            : {}),
        },
      ],
      encryption: { key: "secret:of-this-drill" },
    }),
  });
}

async function smokeChecks(context: DrillContext, twin: StartedEnvironment): Promise<DrillCheck[]> {
  const { smoke } = context.suite.config;
  if (smoke.length === 0) return [];
  const environmentFile = join(context.workFolder, "restored-environment.json");
  await writeFile(environmentFile, JSON.stringify(twin.descriptor));
  const results = await vitestTests(
    {
      ...context,
      variables: { ...context.variables, ...(await suiteVariables(twin, environmentFile, context.tools)) },
    },
    smoke,
  );
  return results.tests.map(({ title, status, error }) => ({
    name: title.join(" > "),
    verdict: status === "passed" ? "PASS" : status === "failed" ? "FAIL" : "INCONCLUSIVE",
    message: error?.message ?? status,
  }));
}

async function recordDrill(context: DrillContext, result: DrillResult): Promise<void> {
  const journal = await context.bundle.attach(`${result.policy}.json`, JSON.stringify(result, null, 2));
  const startedAt = new Date().toISOString();
  const tests = result.parts.map((part): NewTest => {
    const status = statusOfVerdict[part.verdict];
    return {
      file: context.suite.config.policy ?? "gauntlet/drill",
      title: [result.policy, part.rule.includes("@req:") ? part.rule : `${part.rule} @req:E8`],
      attempt: 1,
      status,
      startedAt,
      durationMs: part.observed ?? 0,
      attachments: [journal],
      ...(status === "passed" ? {} : { error: testErrorOf(part.message) }),
    };
  });
  const labels = { policy: result.policy };
  const gauge = (name: string, value: number) => ({
    name,
    unit: "ms",
    labels,
    kind: "gauge" as const,
    samples: [value],
  });
  await recordTests(context, {
    tests,
    metrics: [
      gauge("drill_rpo", result.rpoMs),
      gauge("drill_rto", result.rtoMs),
      ...result.steps.map(({ name, durationMs }) => gauge(`drill_${name}`, durationMs)),
    ],
  });
}
