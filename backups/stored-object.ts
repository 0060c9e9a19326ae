import { createHash } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type Compression, openObject, sealing } from "./envelope/envelope.ts";
import type { BackupKey } from "./envelope/key.ts";
import { BackupError } from "./errors.ts";
import type { ManifestObject } from "./manifest.ts";
import type { Repository } from "./repository/repository.ts";

/** Where an object lives and how it is sealed. */
export interface ObjectPlace {
  repository: Repository;
  recoveryPoint: string;
  key: BackupKey;
}

/** Compresses, encrypts and stores what `content` yields. All or nothing. */
export async function storeObject(
  place: ObjectPlace,
  object: { name: string; content: Readable; compression: Compression; signal?: AbortSignal },
): Promise<ManifestObject & { plainBytes: number }> {
  const { repository, recoveryPoint, key } = place;
  const context = { repository: repository.id, recoveryPoint, object: object.name };
  let plainBytes = 0;
  const counting = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      plainBytes += chunk.length;
      yield chunk;
    }
  };
  const [compress, seal] = sealing({ key, context, compression: object.compression });
  const sealed = new PassThrough();
  const sealingDone = pipeline(object.content, counting, compress, seal, sealed);
  sealingDone.catch(() => {});
  const stored = await repository.write(`${recoveryPoint}/${object.name}`, sealed, object.signal);
  await sealingDone;
  return { name: object.name, ...stored, plainBytes };
}

/** The plain bytes of a stored object; errors with BackupError when it is not the one that was stored. */
export async function openStored(place: ObjectPlace, name: string): Promise<Readable> {
  const { repository, recoveryPoint, key } = place;
  const stored = await repository.read(`${recoveryPoint}/${name}`);
  return openObject(stored, key, { repository: repository.id, recoveryPoint, object: name });
}

export async function storeText(
  place: ObjectPlace,
  object: { name: string; text: string; compression: Compression; signal?: AbortSignal },
): Promise<ManifestObject> {
  const { text: content, ...rest } = object;
  const { plainBytes: _, ...stored } = await storeObject(place, {
    ...rest,
    content: Readable.from([Buffer.from(content)]),
  });
  return stored;
}

export async function openStoredText(place: ObjectPlace, name: string): Promise<string> {
  return text(await openStored(place, name));
}

/** Reads the stored bytes once and holds them against the manifest. Throws BackupError that names the object. */
export async function verifyStored(
  place: ObjectPlace,
  expected: ManifestObject,
  signal?: AbortSignal,
): Promise<void> {
  const name = `${place.recoveryPoint}/${expected.name}`;
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of (await place.repository.read(name)) as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  if (sizeBytes !== expected.sizeBytes || hash.digest("hex") !== expected.sha256) {
    throw new BackupError(
      `object ${name} is not what was stored (${sizeBytes} bytes, stored ${expected.sizeBytes})`,
      {
        code: "OBJECT_DAMAGED",
        hint: "take another recovery point",
      },
    );
  }
}
