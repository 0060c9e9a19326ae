import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { Clock } from "#core/clock";
import type { RunEventSink, TargetPool } from "#core/ports";
import { engineOf } from "./engines/index.ts";
import type { BackupKey } from "./envelope/key.ts";
import { type CapturedSource, encodeManifest, type Manifest, manifestObject } from "./manifest.ts";
import type { BackupPolicy, BackupSource } from "./policy.ts";
import type { Repository } from "./repository/repository.ts";
import { type ObjectPlace, storeObject, storeText } from "./stored-object.ts";

export interface BackupContext {
  targets: TargetPool;
  repository: Repository;
  key: BackupKey;
  clock: Clock;
  signal?: AbortSignal;
  events?: RunEventSink;
}

/**
 * Captures every source of the policy, in its order, compressed and encrypted, and writes the manifest last: without it
 * the recovery point does not exist. Rejects when any source fails, with nothing left in the repository. Memory is
 * bounded by the streams' buffers and the digests.
 */
export async function createRecoveryPoint(policy: BackupPolicy, context: BackupContext): Promise<Manifest> {
  const { repository, key, clock, signal } = context;
  const startMs = clock.now();
  const id = `${stamp(startMs)}-${randomBytes(3).toString("hex")}`;
  const place: ObjectPlace = { repository, recoveryPoint: id, key };
  try {
    const sources: CapturedSource[] = [];
    for (const source of policy.sources) {
      signal?.throwIfAborted();
      sources.push(await captureSource(source, policy, place, context));
    }
    const endMs = clock.now();
    const manifest: Manifest = {
      v: 1,
      kind: "RecoveryPoint",
      id,
      policy: policy.name,
      repository: repository.id,
      keyId: key.id,
      cipher: "aes-256-gcm-stream",
      compression: policy.compression,
      startedAt: new Date(startMs).toISOString(),
      finishedAt: new Date(endMs).toISOString(),
      durationMs: endMs - startMs,
      sources,
    };
    await repository.write(
      `${id}/${manifestObject}`,
      Readable.from([Buffer.from(encodeManifest(manifest, key))]),
      signal,
    );
    return manifest;
  } catch (error) {
    await repository.remove(id).catch(() => {});
    throw error;
  }
}

async function captureSource(
  source: BackupSource,
  { compression }: BackupPolicy,
  place: ObjectPlace,
  { targets, clock, signal, events }: BackupContext,
): Promise<CapturedSource> {
  const startMs = clock.now();
  const aborting = signal === undefined ? {} : { signal };
  const io = { now: () => clock.now(), ...aborting };
  const capture = await engineOf(source).capture(source, targets.target(source.service), io);
  let data: Awaited<ReturnType<typeof storeObject>>;
  try {
    data = await storeObject(place, {
      name: `${source.name}.data`,
      content: capture.stream,
      compression,
      ...aborting,
    });
  } catch (error) {
    capture.stream.destroy();
    await capture.finished.catch(() => {});
    throw error;
  }
  const { digest, toolVersions, consistentAtMs } = await capture.finished;
  const entries = Object.keys(digest.entries).length;
  const text = JSON.stringify(digest);
  const stored = await storeText(place, { name: `${source.name}.digest`, text, compression, ...aborting });
  const durationMs = clock.now() - startMs;
  events?.({
    type: "progress",
    stage: "backup",
    message: `${source.name}: ${data.plainBytes} bytes, ${entries} digest entries, ${durationMs} ms`,
  });
  return {
    source,
    data,
    digest: { ...stored, entries },
    toolVersions,
    consistentAt: new Date(consistentAtMs).toISOString(),
    durationMs,
  };
}

/** Sorts by time as text. */
function stamp(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-:]/g, "").replace(/\.\d+/, "");
}
