import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Defects, parseDefects } from "./defects.ts";

/** Everything the gateway is told from outside. Defaults are the names and ports of the Compose file. */
export type Config = z.infer<typeof Environment> & {
  readonly redisPassword: string;
  readonly defects: Defects;
};

const count = z.coerce.number().int().min(1);

const Environment = z.object({
  HOST: z.string().default("0.0.0.0"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  /** Which image stage this is. In production nobody gets to the test routes, whatever the api behind is. */
  OBSERVASTACK_TARGET: z.enum(["development", "test", "production"]).default("production"),
  OBSERVASTACK_SECRETS_DIR: z.string().default("/run/secrets"),
  API_URL: z.url({ protocol: /^https?$/ }).default("http://api:8080"),
  REDIS_URL: z.url({ protocol: /^redis$/ }).default("redis://redis:6379"),
  JWT_ISSUER: z.url().default("http://localhost:8080/realms/observastack"),
  /** Requests a minute of one person (tenant and subject of the token). */
  RATE_LIMIT_PER_USER: count.default(30_000),
  /** Requests a minute of one address without a token; behind one edge that may be a whole office. */
  RATE_LIMIT_PER_ADDRESS: count.default(6_000),
});

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the gateway cannot start with this configuration:\n- ${problems.join("\n- ")}`);
    this.problems = problems;
  }
}

/** Reads the environment and the secret file. Throws one {@link ConfigError} that names every problem. */
export function loadConfig(environment: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = [];
  // Compose hands on an unset `${NAME:-}` as an empty string; both mean "not given".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) problems.push(`${issue.path.join(".")}: ${issue.message}`);
  const defects = attempt(() => parseDefects(given["OBSERVASTACK_DEFECTS"]), problems);
  if (
    parsed.data?.OBSERVASTACK_TARGET === "production" &&
    defects !== undefined &&
    defects.planted.length > 0
  )
    problems.push("OBSERVASTACK_DEFECTS: the production target has no planted defects; leave it empty");
  const secret = join(given["OBSERVASTACK_SECRETS_DIR"] ?? "/run/secrets", "redis_password");
  const redisPassword = attempt(() => readFileSync(secret, "utf8").trim(), problems);
  if (redisPassword === "") problems.push(`secret ${secret} is empty`);

  if (
    parsed.data === undefined ||
    defects === undefined ||
    redisPassword === undefined ||
    problems.length > 0
  )
    throw new ConfigError(problems);
  return Object.freeze({ ...parsed.data, redisPassword, defects });
}

function attempt<T>(work: () => T, problems: string[]): T | undefined {
  try {
    return work();
  } catch (error) {
    problems.push((error as Error).message);
    return undefined;
  }
}
