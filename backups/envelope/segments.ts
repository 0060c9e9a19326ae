import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import { BackupError } from "../errors.ts";
import {
  decodeHeader,
  type EnvelopeContext,
  type EnvelopeHeader,
  encodeHeader,
  headerLength,
  notAnEnvelope,
  preludeBytes,
} from "./header.ts";
import { type BackupKey, unwrapFileKey, wrapFileKey } from "./key.ts";

/*
 * STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015) over AES-256-GCM: segments of 64 KiB under one fresh key, nonce =
 * prefix (7) | counter (4) | last flag (1), the header as associated data. Order, number and end are authenticated,
 * and no plaintext leaves before its segment was checked. Only the last segment may be short.
 */
const segmentBytes = 65_536;
const tagBytes = 16;
const maxSegments = 2 ** 32;

/** Plaintext in, envelope out. */
export function sealSegments(
  key: BackupKey,
  context: EnvelopeContext,
  compression: EnvelopeHeader["compression"],
): Transform {
  const fileKey = randomBytes(32);
  const noncePrefix = randomBytes(7);
  const header = encodeHeader({
    v: 1,
    cipher: "aes-256-gcm-stream",
    segmentBytes,
    compression,
    keyId: key.id,
    wrappedKey: wrapFileKey(key, fileKey, contextBytes(context)).toString("base64"),
    noncePrefix: noncePrefix.toString("base64"),
    context,
  });
  let counter = 0;
  const pending = byteQueue();
  const seal = (plain: Buffer, isLast: boolean): Buffer => {
    const cipher = createCipheriv("aes-256-gcm", fileKey, nonceOf(noncePrefix, counter++, isLast)).setAAD(
      header,
    );
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  let isHeaderOut = false;
  return new Transform({
    transform: guarded(function (chunk: Buffer) {
      if (!isHeaderOut) this.push(header);
      isHeaderOut = true;
      pending.add(chunk);
      while (pending.length > segmentBytes) this.push(seal(pending.take(segmentBytes), false));
    }),
    flush(done) {
      if (!isHeaderOut) this.push(header);
      this.push(seal(pending.take(pending.length), true));
      done();
    },
  });
}

export interface OpenedEnvelope extends Transform {
  /** Known once the header was read. */
  readonly header: Promise<EnvelopeHeader>;
}

/**
 * Envelope in, plaintext out. Fails with BackupError (ENVELOPE_...) on anything that is not exactly what was sealed
 * under this key for this context; what came out before the failure is a true prefix and must be discarded.
 */
export function openSegments(key: BackupKey, expected: EnvelopeContext): OpenedEnvelope {
  const pending = byteQueue();
  let counter = 0;
  let opened:
    | { headerBytes: Buffer; header: EnvelopeHeader; fileKey: Buffer; noncePrefix: Buffer }
    | undefined;
  const known = Promise.withResolvers<EnvelopeHeader>();
  known.promise.catch(() => {});
  const readHeader = () => {
    if (pending.length < preludeBytes) return;
    const length = headerLength(pending.peek(preludeBytes));
    if (pending.length < length) return;
    const headerBytes = pending.take(length);
    const header = decodeHeader(headerBytes);
    checkContext(header, expected, key);
    const fileKey = unwrapFileKey(key, Buffer.from(header.wrappedKey, "base64"), contextBytes(expected));
    opened = { headerBytes, header, fileKey, noncePrefix: Buffer.from(header.noncePrefix, "base64") };
    known.resolve(header);
  };
  const open = (sealed: Buffer, isLast: boolean): Buffer => {
    if (!opened || sealed.length < tagBytes) throw cutShort();
    try {
      const decipher = createDecipheriv(
        "aes-256-gcm",
        opened.fileKey,
        nonceOf(opened.noncePrefix, counter++, isLast),
      )
        .setAAD(opened.headerBytes)
        .setAuthTag(sealed.subarray(-tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
    } catch (cause) {
      throw damaged(counter - 1, isLast, cause);
    }
  };
  const transform = new Transform({
    transform: guarded(function (chunk: Buffer) {
      pending.add(chunk);
      if (!opened) readHeader();
      if (!opened) return;
      while (pending.length > segmentBytes + tagBytes)
        this.push(open(pending.take(segmentBytes + tagBytes), false));
    }),
    flush(done) {
      try {
        if (!opened) throw notAnEnvelope();
        this.push(open(pending.take(pending.length), true));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    destroy(error, done) {
      known.reject(error ?? new Error("closed before the header was read"));
      done(error);
    },
  });
  return Object.assign(transform, { header: known.promise });
}

function guarded(work: (this: Transform, chunk: Buffer) => void) {
  return function (this: Transform, chunk: Buffer, _encoding: string, done: TransformCallback) {
    try {
      work.call(this, chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}

function nonceOf(prefix: Buffer, counter: number, isLast: boolean): Buffer {
  if (counter >= maxSegments)
    throw new BackupError("object too large to encrypt", { code: "ENVELOPE_TOO_LARGE" });
  const nonce = Buffer.alloc(12);
  prefix.copy(nonce);
  nonce.writeUInt32BE(counter, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function contextBytes({ repository, recoveryPoint, object }: EnvelopeContext): Buffer {
  return Buffer.from(JSON.stringify([repository, recoveryPoint, object]));
}

function checkContext({ context, keyId }: EnvelopeHeader, expected: EnvelopeContext, key: BackupKey): void {
  if (!contextBytes(context).equals(contextBytes(expected))) {
    throw new BackupError(
      `expected object ${expected.recoveryPoint}/${expected.object}, found ${context.recoveryPoint}/${context.object}`,
      {
        code: "ENVELOPE_WRONG_OBJECT",
        hint: "objects were swapped or replayed; take another recovery point",
      },
    );
  }
  if (keyId !== key.id) {
    throw new BackupError(
      `object ${expected.object} is encrypted with key ${keyId}, the key in hand is ${key.id}`,
      {
        code: "ENVELOPE_KEY_MISMATCH",
        hint: `provide key ${keyId}`,
      },
    );
  }
}

function cutShort(): BackupError {
  return new BackupError("the object ends too early", { code: "ENVELOPE_TRUNCATED" });
}

function damaged(segment: number, isLast: boolean, cause: unknown): BackupError {
  return new BackupError(
    `segment ${segment} of the object is not what was written${isLast ? ", or the object was cut there" : ""}`,
    { code: "ENVELOPE_DAMAGED", hint: "the object was altered; take another recovery point", cause },
  );
}

/** Bytes waiting, without copying what was already there for each new chunk. */
function byteQueue() {
  let chunks: Buffer[] = [];
  let length = 0;
  const join = () => {
    if (chunks.length !== 1) chunks = [Buffer.concat(chunks)];
    return chunks[0] as Buffer;
  };
  return {
    get length() {
      return length;
    },
    add(chunk: Buffer) {
      chunks.push(chunk);
      length += chunk.length;
    },
    peek: (count: number) => join().subarray(0, count),
    take(count: number) {
      const all = join();
      chunks = [all.subarray(count)];
      length -= count;
      return all.subarray(0, count);
    },
  };
}
