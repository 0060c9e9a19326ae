import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { Target } from "#core/ports";
import { type Digest, settleDigest } from "../digest.ts";
import type { PostgresSource } from "../policy.ts";
import type { BackupEngine, Capture, CaptureEnd, EngineIo } from "./engine.ts";
import { execute, executeFromStream, executeToStream } from "./exec-stream.ts";
import { execOptions, identifier, postgresCommand, psql, query } from "./postgres-command.ts";
import { postgresDigest, sequenceStates } from "./postgres-digest.ts";
import { postgresEpilogue, postgresPreamble } from "./postgres-preamble.ts";
import { type HeldSnapshot, holdSnapshot } from "./postgres-snapshot.ts";

/**
 * pg_dump inside the service's container, as one plain psql script with roles and database in front. Dump and digest
 * are of one exported snapshot; only sequences, which know no snapshots, may be unsettled when written meanwhile.
 *
 * A restore loads into a new database, in one transaction, and only then puts it in the place of the old one: services
 * that ran migrations or wrote rows there before are cut off and their rows are gone, and a restore that fails leaves
 * the old database as it was. Clients are disconnected once; those that keep no pool that reconnects, or cache what
 * they read, have to be restarted by the caller. Roles are made or altered, never dropped; their passwords stay those
 * of the environment. Roles that only the target has are found by the digest.
 */
export const postgresEngine: BackupEngine<PostgresSource> = {
  name: "postgres",
  capabilities: { isPointInTime: true, isRestoreAtomic: true },
  capture,
  restore,
  digest: postgresDigest,
};

async function capture(source: PostgresSource, target: Target, io: EngineIo): Promise<Capture> {
  const preamble = await postgresPreamble(source, target, io);
  const snapshot = await holdSnapshot(source, target, io);
  try {
    const consistentAtMs = io.now();
    const sequences = await sequenceStates(source, target, io);
    const dump = executeToStream(
      target,
      postgresCommand(source, dumpArgv(source, snapshot.id)),
      execOptions(source, io),
    );
    const end = Promise.withResolvers<CaptureEnd>();
    end.promise.catch(() => {});
    const stream = Readable.from(script(preamble, dump.stream), { objectMode: false });
    stream.once("close", () => {
      const finished = finish(source, target, {
        ...io,
        snapshot,
        sequences,
        consistentAtMs,
        dumped: dump.finished,
      });
      finished.then(end.resolve, end.reject);
    });
    return { stream, finished: end.promise };
  } catch (error) {
    await snapshot.release().catch(() => {});
    throw error;
  }
}

async function* script(preamble: string, dump: Readable): AsyncGenerator<Buffer> {
  yield Buffer.from(preamble);
  yield* dump as AsyncIterable<Buffer>;
  yield Buffer.from(postgresEpilogue);
}

interface Finish extends EngineIo {
  snapshot: HeldSnapshot;
  /** As they were before the dump. */
  sequences: Digest["entries"];
  consistentAtMs: number;
  dumped: Promise<unknown>;
}

async function finish(source: PostgresSource, target: Target, run: Finish): Promise<CaptureEnd> {
  try {
    await run.dumped;
    const after = await postgresDigest(source, target, { ...run, snapshot: run.snapshot.id });
    const versions = await query(source, target, "SHOW server_version;\n\\! pg_dump --version\n", run);
    const [server, tool] = versions.map((fields) => fields.join(" "));
    return {
      digest: settleDigest({ ...after, entries: { ...after.entries, ...run.sequences } }, after),
      toolVersions: { postgres: server ?? "unknown", pg_dump: tool ?? "unknown" },
      consistentAtMs: run.consistentAtMs,
    };
  } finally {
    await run.snapshot.release();
  }
}

function dumpArgv(source: PostgresSource, snapshot: string): string[] {
  return [
    "pg_dump",
    "--no-password",
    "--format=plain",
    `--username=${source.user}`,
    `--dbname=${source.database}`,
    `--snapshot=${snapshot}`,
  ];
}

const maintenanceDatabase = "postgres";

async function restore(
  source: PostgresSource,
  target: Target,
  stream: Readable,
  io: EngineIo,
): Promise<void> {
  const fresh = `gauntlet_restore_${randomBytes(6).toString("hex")}`;
  const options = execOptions(source, io);
  const load = psql(source, maintenanceDatabase, `--set=target=${fresh}`);
  try {
    await executeFromStream(target, load, stream, { ...options, env: { PGAPPNAME: fresh } });
    const replace = `DROP DATABASE IF EXISTS ${identifier(source.database)} WITH (FORCE);
ALTER DATABASE ${identifier(fresh)} RENAME TO ${identifier(source.database)};\n`;
    await execute(target, psql(source, maintenanceDatabase), { ...options, input: replace });
  } catch (error) {
    await discard(source, target, fresh);
    throw error;
  }
}

/**
 * Runs after a failure, an abort included, hence without the signal: ends what still loads, then drops what it loaded
 * into. What it cannot remove is no reason to hide the first error.
 */
async function discard(source: PostgresSource, target: Target, database: string): Promise<void> {
  const input = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '${database}';
DROP DATABASE IF EXISTS ${identifier(database)} WITH (FORCE);\n`;
  const user = source.osUser === undefined ? {} : { user: source.osUser };
  await target.exec(psql(source, maintenanceDatabase), { ...user, input }).catch(() => {});
}
