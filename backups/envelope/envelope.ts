import { PassThrough, type Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from "node:zlib";
import type { EnvelopeContext, EnvelopeHeader } from "./header.ts";
import type { BackupKey } from "./key.ts";
import { openSegments, sealSegments } from "./segments.ts";

export type Compression = EnvelopeHeader["compression"];

export interface SealOptions {
  key: BackupKey;
  context: EnvelopeContext;
  compression: Compression;
}

/** The transforms from plain bytes to a stored object: compressed, then encrypted. Memory stays bounded. */
export function sealing({ key, context, compression }: SealOptions): [Transform, Transform] {
  const compress =
    compression === "zstd" ? createZstdCompress({ params: zstdLevel }) : createGzip({ level: 6 });
  return [compress, sealSegments(key, context, compression)];
}

/**
 * A stored object's plain bytes. The stream errors with BackupError when the object is damaged, cut, swapped or under
 * another key; it ends normally only after the last segment was authenticated.
 */
export function openObject(stored: Readable, key: BackupKey, context: EnvelopeContext): Readable {
  const plain = new PassThrough();
  const opened = openSegments(key, context);
  let firstError: Error | undefined;
  opened.once("error", (error) => {
    firstError = error;
  });
  pipeline(stored, opened).catch(() => {});
  opened.header
    .then(({ compression }) =>
      pipeline(opened, compression === "zstd" ? createZstdDecompress() : createGunzip(), plain),
    )
    .catch((error: Error) => plain.destroy(firstError ?? error));
  plain.once("close", () => stored.destroy());
  return plain;
}

const zstdLevel = { [constants.ZSTD_c_compressionLevel]: 3 };
