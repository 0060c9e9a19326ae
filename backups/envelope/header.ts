import { z } from "zod";
import { BackupError } from "../errors.ts";

/** What an object is. Bound to its content, so that one object cannot stand in for another. */
export const contextSchema = z.strictObject({
  repository: z.string(),
  recoveryPoint: z.string(),
  object: z.string(),
});

export const headerSchema = z.strictObject({
  v: z.literal(1),
  cipher: z.literal("aes-256-gcm-stream"),
  segmentBytes: z.literal(65_536),
  compression: z.enum(["zstd", "gzip"]),
  keyId: z.string(),
  /** Base64: the object's own key, wrapped by the key-encryption key over the context. */
  wrappedKey: z.string(),
  /** Base64, 7 bytes; counter and last flag complete the nonce. */
  noncePrefix: z.string(),
  context: contextSchema,
});

export type EnvelopeContext = z.infer<typeof contextSchema>;
export type EnvelopeHeader = z.infer<typeof headerSchema>;

const magic = Buffer.from("GNTLTBK1");
const maxHeaderBytes = 65_536;
export const preludeBytes = magic.length + 4;

/** Magic, length, JSON. The exact bytes are authenticated with every segment. */
export function encodeHeader(header: EnvelopeHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([magic, length, json]);
}

/** Length of the whole header, told from its first `preludeBytes`. Throws BackupError when this is no envelope. */
export function headerLength(prelude: Buffer): number {
  const length = prelude.readUInt32BE(magic.length);
  if (!prelude.subarray(0, magic.length).equals(magic) || length > maxHeaderBytes) throw notAnEnvelope();
  return preludeBytes + length;
}

export function decodeHeader(bytes: Buffer): EnvelopeHeader {
  try {
    return headerSchema.parse(JSON.parse(bytes.subarray(preludeBytes).toString("utf8")));
  } catch (cause) {
    throw notAnEnvelope(cause);
  }
}

export function notAnEnvelope(cause?: unknown): BackupError {
  return new BackupError("this object does not begin like a gauntlet backup", {
    code: "ENVELOPE_INVALID",
    hint: "it was altered, cut short, or is of another kind; take another recovery point",
    cause,
  });
}
