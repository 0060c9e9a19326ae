import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Defects, parseDefects } from "./defects.ts";

/** Everything the api is told from outside. Defaults are the names and ports of the Compose file. */
export type Config = z.infer<typeof Environment> & { readonly secrets: Secrets; readonly defects: Defects };
export type Secrets = Record<(typeof secretNames)[number], string>;

const secretNames = [
  "postgres_password",
  "app_password",
  "redis_password",
  "s3_access_key",
  "s3_secret_key",
  "jwt_private_key",
  "users_password",
] as const;

const port = z.coerce.number().int().min(0).max(65_535);

const Environment = z.object({
  HOST: z.string().default("0.0.0.0"),
  PORT: port.default(8080),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Which image stage this is. Anything but production may be seeded and reset; unset means production. */
  OBSERVASTACK_TARGET: z.enum(["development", "test", "production"]).default("production"),
  OBSERVASTACK_SECRETS_DIR: z.string().default("/run/secrets"),
  JWT_ISSUER: z.url().default("http://localhost:8080/realms/observastack"),
  DATABASE_HOST: z.string().default("postgres"),
  DATABASE_PORT: port.default(5432),
  DATABASE_NAME: z.string().default("observastack"),
  /** Owns the tables and runs the migrations; row-level security does not hold it back. */
  DATABASE_OWNER: z.string().default("observastack"),
  /** Serves the requests; row-level security applies. */
  DATABASE_USER: z.string().default("app"),
  REDIS_URL: z.url({ protocol: /^redis$/ }).default("redis://redis:6379"),
  OPENSEARCH_URL: z.url({ protocol: /^https?$/ }).default("http://logs:9200"),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).default("http://objects:7070"),
  S3_BUCKET: z.string().min(3).default("uploads"),
  S3_REGION: z.string().default("us-east-1"),
});

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the api cannot start with this configuration:\n- ${problems.join("\n- ")}`);
    this.problems = problems;
  }
}

/** Reads the environment and the secret files. Throws one {@link ConfigError} that names every problem. */
export function loadConfig(environment: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = [];
  // Compose hands on an unset `${NAME:-}` as an empty string; both mean "not given".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join(".")}: ${issue.message}`);

  const directory = given["OBSERVASTACK_SECRETS_DIR"] ?? "/run/secrets";
  const secrets = Object.fromEntries(
    secretNames.map((name) => [name, readSecret(join(directory, name), problems)]),
  ) as Secrets;

  const defects = attempt(() => parseDefects(given["OBSERVASTACK_DEFECTS"]), problems);
  if (
    parsed.data?.OBSERVASTACK_TARGET === "production" &&
    defects !== undefined &&
    defects.planted.length > 0
  )
    problems.push("OBSERVASTACK_DEFECTS: the production target has no planted defects; leave it empty");

  if (parsed.data === undefined || defects === undefined || problems.length > 0)
    throw new ConfigError(problems);
  return Object.freeze({ ...parsed.data, secrets, defects });
}

function readSecret(path: string, problems: string[]): string {
  try {
    const value = readFileSync(path, "utf8").trim();
    if (value === "") problems.push(`secret ${path} is empty`);
    return value;
  } catch (error) {
    problems.push(`secret ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
    return "";
  }
}

function attempt<T>(work: () => T, problems: string[]): T | undefined {
  try {
    return work();
  } catch (error) {
    problems.push((error as Error).message);
    return undefined;
  }
}
