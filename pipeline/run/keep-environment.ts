import type { StartedEnvironment } from "#environments";

/** An environment that a run left for people to look at. */
export interface KeptEnvironment {
  id: string;
  /** ISO 8601; `env gc`, and any run, removes it after. */
  until: string;
  /** `service http://host:port (port inside)`. */
  addresses: string[];
  environmentFile: string;
  secretsFile: string;
}

/** How long `--keep-on-failure` keeps. */
export const keepForMs = 3_600_000;

/** Hands the environment over: from here on it lives by its own term. */
export async function keepEnvironment(
  environment: StartedEnvironment,
  environmentFile: string,
): Promise<KeptEnvironment> {
  const until = await environment.keep();
  const { id, services } = environment.descriptor;
  return {
    id,
    until: until.toISOString(),
    addresses: Object.entries(services).flatMap(([service, { endpoints }]) =>
      endpoints.map(({ host, port, target }) => `${service} http://${host}:${port} (${target})`),
    ),
    environmentFile,
    secretsFile: environment.secretsFile,
  };
}

/** How to reach it and how to be rid of it. */
export function keptText(kept: KeptEnvironment): string {
  return [
    `kept    environment ${kept.id} until ${kept.until}`,
    ...kept.addresses.map((address) => `        ${address}`),
    `        export GAUNTLET_ENVIRONMENT=${kept.environmentFile} GAUNTLET_SECRETS=${kept.secretsFile}`,
    `        gauntlet env logs ${kept.id}`,
    `        gauntlet env down ${kept.id}`,
  ].join("\n");
}
