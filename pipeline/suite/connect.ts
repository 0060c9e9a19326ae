import { readFileSync } from "node:fs";
import { connectionOf, type EnvironmentDescriptor, environmentDescriptorSchema } from "#core/environment";
import { UsageError } from "#core/errors";

/** What a suite knows of the system it runs against. */
export interface Connection {
  readonly environment: EnvironmentDescriptor;
  /** `host` and `port` of a service's published port, as seen from the suite. */
  endpoint(service: string, target?: number): { host: string; port: number };
  /** `http://host:port` plus `path`. */
  url(service: string, path?: string, target?: number): string;
  /** Throws UsageError when the environment has no such secret. */
  secret(name: string): string;
}

/**
 * Reads the environment gauntlet started for this suite, from `GAUNTLET_ENVIRONMENT` and `GAUNTLET_SECRETS`.
 * Throws UsageError outside of a run; a suite never starts an environment itself.
 */
export function connect(variables: NodeJS.ProcessEnv = process.env): Connection {
  const environment = environmentDescriptorSchema.parse(readJson(variables, "GAUNTLET_ENVIRONMENT"));
  const secrets = readJson(variables, "GAUNTLET_SECRETS") as Record<string, string>;
  return {
    environment,
    endpoint: (service, target) => {
      const { host, port } = connectionOf(environment, service, target);
      return { host, port };
    },
    url(service, path = "", target) {
      const { host, port } = connectionOf(environment, service, target);
      return `http://${host}:${port}${path}`;
    },
    secret(name) {
      const value = secrets[name];
      if (value !== undefined) return value;
      throw new UsageError(`the environment has no secret "${name}"`, {
        code: "NO_SUCH_SECRET",
        hint: `secrets: ${Object.keys(secrets).join(", ") || "none"}`,
      });
    },
  };
}

export interface BrowserLaunch {
  executablePath?: string;
  args: string[];
}

/** How the browser that doctor found is launched; give it to Playwright as `launchOptions`. */
export function browserLaunch(variables: NodeJS.ProcessEnv = process.env): BrowserLaunch {
  const executablePath = variables["GAUNTLET_CHROMIUM"];
  const args = JSON.parse(variables["GAUNTLET_CHROMIUM_ARGS"] ?? "[]") as string[];
  return executablePath === undefined ? { args } : { executablePath, args };
}

function readJson(variables: NodeJS.ProcessEnv, name: string): unknown {
  const file = variables[name];
  if (file === undefined) {
    throw new UsageError(`${name} is not set: this suite runs inside gauntlet`, {
      code: "NOT_IN_A_RUN",
      hint: "start it with `gauntlet run --suite NAME`, or `gauntlet env up` and export what it prints",
    });
  }
  return JSON.parse(readFileSync(file, "utf8"));
}
