import { PassThrough } from "node:stream";
import type { Target } from "#core/ports";
import { BackupError } from "../errors.ts";
import type { PostgresSource } from "../policy.ts";
import type { EngineIo } from "./engine.ts";
import { execute } from "./exec-stream.ts";
import { execOptions, psql } from "./postgres-command.ts";

const exportTimeoutMs = 30_000;

export interface HeldSnapshot {
  /** For `pg_dump --snapshot` and `SET TRANSACTION SNAPSHOT`, while held. */
  readonly id: string;
  /** Rejects when the session did not end well. */
  release(): Promise<void>;
}

/** Opens a transaction and exports its snapshot, so that dump and digest see one and the same instant. */
export async function holdSnapshot(
  source: PostgresSource,
  target: Target,
  io: EngineIo,
): Promise<HeldSnapshot> {
  const input = new PassThrough();
  const exported = Promise.withResolvers<string>();
  let output = "";
  const session = execute(target, psql(source, source.database), {
    ...execOptions(source, io),
    input,
    onStdout(chunk) {
      output += chunk.toString("utf8");
      if (output.includes("\n")) exported.resolve(output.slice(0, output.indexOf("\n")));
    },
  });
  session.then(() => exported.reject(endedEarly()), exported.reject);
  input.write("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;\nSELECT pg_export_snapshot();\n");
  // A session that says nothing is ended, upon which it says why.
  const timer = setTimeout(() => input.end(), exportTimeoutMs);
  const id = await exported.promise.finally(() => clearTimeout(timer));
  return {
    id,
    async release() {
      input.end("COMMIT;\n");
      await session;
    },
  };
}

function endedEarly(): BackupError {
  return new BackupError("psql ended before it exported a snapshot", { code: "SNAPSHOT_FAILED" });
}
