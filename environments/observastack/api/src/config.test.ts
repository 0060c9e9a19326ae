import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

const names = ["postgres", "app", "redis", "users"].map((name) => `${name}_password`);
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "secrets-"));
  for (const name of [...names, "s3_access_key", "s3_secret_key", "jwt_private_key"])
    writeFileSync(join(directory, name), `${name} value\n`);
});
afterEach(() => rmSync(directory, { recursive: true }));

const load = (environment: Record<string, string> = {}) =>
  loadConfig({ OBSERVASTACK_SECRETS_DIR: directory, ...environment });

test("the Compose file's names are the defaults, and secrets come from files", () => {
  const config = load();
  expect(config).toMatchObject({ PORT: 8080, DATABASE_HOST: "postgres", S3_ENDPOINT: "http://objects:7070" });
  expect(config.secrets.app_password).toBe("app_password value");
});

test("an unset target is production, so that forgetting it opens nothing", () => {
  expect(load().OBSERVASTACK_TARGET).toBe("production");
});

test("an empty variable counts as not given", () => {
  expect(load({ PORT: "", OBSERVASTACK_DEFECTS: "" }).PORT).toBe(8080);
});

test("all problems are reported at once, without any secret's value", () => {
  rmSync(join(directory, "s3_access_key"));
  writeFileSync(join(directory, "users_password"), "\n");
  const error = problemsOf({ PORT: "eighty", REDIS_URL: "http://redis", OBSERVASTACK_DEFECTS: "nope" });
  expect(error.problems).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(/^REDIS_URL: /),
    expect.stringMatching(/s3_access_key cannot be read \(ENOENT\)$/),
    expect.stringMatching(/users_password is empty$/),
    expect.stringMatching(/^OBSERVASTACK_DEFECTS: unknown "nope"/),
  ]);
  expect(error.message).not.toContain("value");
});

test("the production target refuses planted defects, the test target takes them", () => {
  const planted = { OBSERVASTACK_DEFECTS: "api-search-slow" };
  expect(problemsOf({ ...planted, OBSERVASTACK_TARGET: "production" }).problems).toHaveLength(1);
  expect(load({ ...planted, OBSERVASTACK_TARGET: "test" }).defects.isPlanted("api-search-slow")).toBe(true);
});

test("a secret that is a folder is a problem, not a crash", () => {
  rmSync(join(directory, "redis_password"));
  mkdirSync(join(directory, "redis_password"));
  expect(problemsOf({}).problems).toEqual([
    expect.stringMatching(/redis_password cannot be read \(EISDIR\)$/),
  ]);
});

function problemsOf(environment: Record<string, string>): ConfigError {
  try {
    load(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error("the configuration was accepted");
}
