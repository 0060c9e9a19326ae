import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { type BackupKey, manifestKey } from "./envelope/key.ts";
import { BackupError } from "./errors.ts";
import { sourceSchema } from "./policy.ts";

const objectSchema = z.strictObject({
  /** In the repository, below the recovery point. */
  name: z.string(),
  sizeBytes: z.number().int(),
  sha256: z.string(),
});

const capturedSchema = z.strictObject({
  source: sourceSchema,
  data: objectSchema.extend({ plainBytes: z.number().int() }),
  /** The logical digest, encrypted like the data: names of tables and files are data too. */
  digest: objectSchema.extend({ entries: z.number().int() }),
  toolVersions: z.record(z.string(), z.string()),
  /** ISO 8601; the instant this source's data is of. */
  consistentAt: z.string(),
  durationMs: z.number(),
});

const manifestSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal("RecoveryPoint"),
  id: z.string(),
  policy: z.string(),
  repository: z.string(),
  keyId: z.string(),
  cipher: z.literal("aes-256-gcm-stream"),
  compression: z.enum(["zstd", "gzip"]),
  startedAt: z.string(),
  finishedAt: z.string(),
  durationMs: z.number(),
  sources: z.array(capturedSchema),
});

/** All about a recovery point but its content. A recovery point exists once its manifest does. */
export type Manifest = z.infer<typeof manifestSchema>;
export type CapturedSource = z.infer<typeof capturedSchema>;
export type ManifestObject = z.infer<typeof objectSchema>;

export const manifestObject = "manifest.json";

/** With a keyed checksum, so that whoever can write to the repository cannot make up a manifest. */
export function encodeManifest(manifest: Manifest, key: BackupKey): string {
  const body = JSON.stringify(manifest);
  return `${JSON.stringify({ ...manifest, mac: macOf(body, key) }, null, 2)}\n`;
}

/** Throws BackupError when the text is not a manifest written with this key for this recovery point. */
export function decodeManifest(text: string, id: string, key: BackupKey): Manifest {
  let manifest: Manifest;
  let mac: string;
  try {
    ({ mac, ...manifest } = manifestSchema.extend({ mac: z.string() }).parse(JSON.parse(text)));
  } catch (cause) {
    throw new BackupError(`the manifest of ${id} cannot be read`, { code: "MANIFEST_INVALID", cause });
  }
  if (manifest.keyId !== key.id) {
    throw new BackupError(`${id} was made with key ${manifest.keyId}, the key in hand is ${key.id}`, {
      code: "MANIFEST_KEY_MISMATCH",
      hint: `provide key ${manifest.keyId}`,
    });
  }
  if (!areEqual(mac, macOf(JSON.stringify(manifestSchema.parse(manifest)), key)) || manifest.id !== id) {
    throw new BackupError(`the manifest of ${id} was altered`, { code: "MANIFEST_ALTERED" });
  }
  return manifest;
}

function macOf(body: string, key: BackupKey): string {
  return createHmac("sha256", manifestKey(key)).update(body).digest("hex");
}

function areEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
