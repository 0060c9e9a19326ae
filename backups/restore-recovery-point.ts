import { text } from "node:stream/consumers";
import type { BackupContext } from "./create-recovery-point.ts";
import { compareDigests, type Digest, type DigestComparison, digestSchema } from "./digest.ts";
import { engineOf } from "./engines/index.ts";
import { BackupError } from "./errors.ts";
import { type CapturedSource, decodeManifest, type Manifest, manifestObject } from "./manifest.ts";
import { type ObjectPlace, openStored, openStoredText, verifyStored } from "./stored-object.ts";

export interface RestoredSource {
  name: string;
  comparison: DigestComparison;
  verifyMs: number;
  restoreMs: number;
  digestMs: number;
}

/** A restore counts only by its comparison: `isProven` is false when a single entry differs, or nothing was compared. */
export interface RestoreResult {
  recoveryPoint: string;
  sources: RestoredSource[];
  isProven: boolean;
}

/** Reads and authenticates a recovery point's manifest. Throws BackupError. */
export async function readManifest(
  id: string,
  context: Pick<BackupContext, "repository" | "key">,
): Promise<Manifest> {
  return decodeManifest(
    await text(await context.repository.read(`${id}/${manifestObject}`)),
    id,
    context.key,
  );
}

/** The recovery points of a repository, oldest first; those without a manifest are unfinished and not listed. */
export async function listRecoveryPoints({
  repository,
}: Pick<BackupContext, "repository">): Promise<string[]> {
  return (await repository.list())
    .filter((name) => name.endsWith(`/${manifestObject}`))
    .map((name) => name.slice(0, -manifestObject.length - 1));
}

/**
 * Restores every source into `context.targets`, each only after its stored objects were held against the manifest, and
 * compares what is there then with the digest taken at the capture. Whatever the target's services wrote before is gone
 * (see the engines for how); the caller restarts those that cannot bear to be disconnected once. Throws BackupError when
 * a source cannot be restored; data that differs is a result.
 */
export async function restoreRecoveryPoint(id: string, context: BackupContext): Promise<RestoreResult> {
  const manifest = await readManifest(id, context);
  const place: ObjectPlace = { repository: context.repository, recoveryPoint: id, key: context.key };
  const verified: { captured: CapturedSource; verifyMs: number }[] = [];
  for (const captured of manifest.sources) {
    const startMs = context.clock.now();
    await verifyStored(place, captured.data, context.signal);
    await verifyStored(place, captured.digest, context.signal);
    verified.push({ captured, verifyMs: context.clock.now() - startMs });
  }
  const sources: RestoredSource[] = [];
  for (const { captured, verifyMs } of verified)
    sources.push({ ...(await restoreSource(captured, place, context)), verifyMs });
  const isProven = sources.every(
    ({ comparison }) => comparison.differences.length === 0 && comparison.equal > 0,
  );
  return { recoveryPoint: id, sources, isProven };
}

async function restoreSource(
  { source, data, digest }: CapturedSource,
  place: ObjectPlace,
  { targets, clock, signal, events }: BackupContext,
): Promise<Omit<RestoredSource, "verifyMs">> {
  const engine = engineOf(source);
  const target = targets.target(source.service);
  const io = { now: () => clock.now(), ...(signal === undefined ? {} : { signal }) };
  const expected = parseDigest(await openStoredText(place, digest.name), source.name);
  const startMs = clock.now();
  await engine.restore(source, target, await openStored(place, data.name), io);
  const restoredMs = clock.now();
  const comparison = compareDigests(expected, await engine.digest(source, target, io));
  const endMs = clock.now();
  events?.({
    type: "progress",
    stage: "restore",
    message: `${source.name}: ${comparison.equal} entries equal, ${comparison.differences.length} different, ${endMs - startMs} ms`,
  });
  return { name: source.name, comparison, restoreMs: restoredMs - startMs, digestMs: endMs - restoredMs };
}

function parseDigest(content: string, source: string): Digest {
  const parsed = digestSchema.safeParse(JSON.parse(content));
  if (!parsed.success)
    throw new BackupError(`the digest of ${source} cannot be read`, { code: "DIGEST_INVALID" });
  return parsed.data;
}
