import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { exitCodes } from "#core/verdict";
import { otlpTraceLines } from "../encoders/otlp-json.ts";
import { SeedError } from "../errors.ts";
import type { Sink } from "./sink.ts";

/** OTLP JSON lines in one file, which appears under its name only when it is whole. */
export function tracesFileSink({ path }: { path: string }): Sink {
  const name = `traces sink ${path}`;
  return {
    signal: "traces",
    name,
    async deliver(sample, { signal }) {
      const part = `${path}.part`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await using file = await open(part, "w");
        for (const tenant of sample.tenants) {
          for (const line of otlpTraceLines(tenant)) {
            signal.throwIfAborted();
            await file.appendFile(`${line}\n`);
          }
        }
        await file.sync();
        await rename(part, path);
      } catch (cause) {
        await rm(part, { force: true }).catch(() => {});
        signal.throwIfAborted();
        throw unwritable(path, cause);
      }
      const spans = sample.tenants.reduce((sum, tenant) => sum + tenant.spans.length, 0);
      return { generated: spans, sent: spans, accepted: spans, rejected: 0 };
    },
  };
}

export function unwritable(path: string, cause: unknown): SeedError {
  return new SeedError(
    `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      code: "SEED_OUTPUT_UNWRITABLE",
      hint: "check that the folder exists, is writable and has space left",
      exitCode: exitCodes.usage,
      cause,
    },
  );
}
