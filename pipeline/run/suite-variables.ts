import type { StartedEnvironment } from "#environments";
import type { Tools } from "../runners/index.ts";

/** What the process of a suite finds in its environment. Secrets stay in their file. */
export function suiteVariables(
  environment: StartedEnvironment,
  environmentFile: string,
  tools: Tools,
): Record<string, string> {
  const variables: Record<string, string> = {
    GAUNTLET_ENVIRONMENT: environmentFile,
    GAUNTLET_SECRETS: environment.secretsFile,
    GAUNTLET_ANCHOR: environment.descriptor.anchor,
    GAUNTLET_SEED: String(environment.descriptor.seed),
  };
  for (const [service, { endpoints }] of Object.entries(environment.descriptor.services)) {
    const first = endpoints[0];
    if (first) variables[`GAUNTLET_URL_${service.toUpperCase().replaceAll("-", "_")}`] = `http://${first.host}:${first.port}`;
  }
  if (tools.chromium) {
    variables["GAUNTLET_CHROMIUM"] = tools.chromium.executablePath;
    variables["GAUNTLET_CHROMIUM_ARGS"] = JSON.stringify(tools.chromium.args);
  }
  return variables;
}
