import { listEnvironments, type StartedEnvironment } from "#environments";
import type { Tools } from "./runner.ts";

/**
 * What the process of a suite finds in its environment. Secrets stay in their file; the lease marks the process, so that
 * what cleans up after a killed run finds it.
 */
export async function suiteVariables(
  environment: StartedEnvironment,
  environmentFile: string,
  tools: Tools,
): Promise<Record<string, string>> {
  const variables: Record<string, string> = {
    GAUNTLET_ENVIRONMENT: environmentFile,
    GAUNTLET_SECRETS: environment.secretsFile,
    GAUNTLET_ANCHOR: environment.descriptor.anchor,
    GAUNTLET_SEED: String(environment.descriptor.seed),
    // testcontainers' own reaper needs an image from a registry; ours finds containers by their label.
    TESTCONTAINERS_RYUK_DISABLED: "true",
    GAUNTLET_LEASE: await leaseIdOf(environment),
  };
  for (const [service, { endpoints }] of Object.entries(environment.descriptor.services)) {
    const first = endpoints[0];
    if (first)
      variables[`GAUNTLET_URL_${service.toUpperCase().replaceAll("-", "_")}`] =
        `http://${first.host}:${first.port}`;
  }
  if (tools.chromium) {
    variables["GAUNTLET_CHROMIUM"] = tools.chromium.executablePath;
    variables["GAUNTLET_CHROMIUM_ARGS"] = JSON.stringify(tools.chromium.args);
  }
  return variables;
}

async function leaseIdOf(environment: StartedEnvironment): Promise<string> {
  const records = await listEnvironments();
  return records.find(({ id }) => id === environment.descriptor.id)?.lease.id ?? "";
}
