import type { ExecOptions, Target } from "#core/ports";
import type { PostgresSource } from "../policy.ts";
import type { EngineIo } from "./engine.ts";
import { execute } from "./exec-stream.ts";

/** `argv` as the source's database user would run it; the password goes from file to environment inside the container. */
export function postgresCommand(source: PostgresSource, argv: readonly string[]): string[] {
  if (source.passwordFile === undefined) return [...argv];
  return [
    "sh",
    "-c",
    'PGPASSWORD="$(cat "$0")" && export PGPASSWORD && exec "$@"',
    source.passwordFile,
    ...argv,
  ];
}

export function execOptions(source: PostgresSource, io: EngineIo): Pick<ExecOptions, "user" | "signal"> {
  return {
    ...(source.osUser === undefined ? {} : { user: source.osUser }),
    ...(io.signal === undefined ? {} : { signal: io.signal }),
  };
}

export function psql(source: PostgresSource, database: string, ...more: string[]): string[] {
  const base = ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"];
  return postgresCommand(source, [...base, `--username=${source.user}`, `--dbname=${database}`, ...more]);
}

/** Runs a psql script and returns its lines, each split at tabs. */
export async function query(
  source: PostgresSource,
  target: Target,
  script: string,
  io: EngineIo & { database?: string },
): Promise<string[][]> {
  const argv = psql(source, io.database ?? source.database, "--field-separator=\t");
  const { stdout } = await execute(target, argv, { ...execOptions(source, io), input: script });
  return stdout
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

/** A name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
