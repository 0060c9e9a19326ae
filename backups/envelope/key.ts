import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { UsageError } from "#core/errors";
import { BackupError } from "../errors.ts";

/** The key-encryption key: wraps a fresh key for each object, and authenticates manifests. Never written anywhere. */
export interface BackupKey {
  /** Public name of the key, derived from it; stored with what it encrypts. */
  readonly id: string;
  readonly bytes: Buffer;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export function createBackupKey(bytes: Buffer = randomBytes(keyBytes)): BackupKey {
  if (bytes.length !== keyBytes) {
    throw new UsageError(`a backup key has ${keyBytes} bytes, this one has ${bytes.length}`, {
      code: "INVALID_BACKUP_KEY",
      hint: "make one with: openssl rand -base64 32",
    });
  }
  return {
    id: createHash("sha256").update("gauntlet backup key id").update(bytes).digest("hex").slice(0, 16),
    bytes,
  };
}

/**
 * The key a policy refers to: `file:/path` (32 bytes, or their base64 or hex form) or `secret:NAME`, looked up in
 * `secrets`. Throws UsageError.
 */
export async function resolveBackupKey(
  reference: string,
  secrets: Readonly<Record<string, string>> = {},
): Promise<BackupKey> {
  const [scheme, name] = splitReference(reference);
  if (scheme === "secret") {
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (value === undefined) throw new UsageError(`no secret is called ${name}`, { code: "NO_SUCH_SECRET" });
    return createBackupKey(decodeKey(Buffer.from(value)));
  }
  try {
    return createBackupKey(decodeKey(await readFile(name)));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`cannot read the backup key ${reference}`, { code: "UNREADABLE_BACKUP_KEY", cause });
  }
}

/** Encrypts an object's own key; `context` must be given again to unwrap it. */
export function wrapFileKey(key: BackupKey, fileKey: Buffer, context: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
}

/** Throws BackupError when the key, the context or the wrapped bytes are not the ones it was wrapped with. */
export function unwrapFileKey(key: BackupKey, wrapped: Buffer, context: Buffer): Buffer {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, wrapped.subarray(0, nonceBytes))
      .setAAD(context)
      .setAuthTag(wrapped.subarray(-tagBytes));
    return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new BackupError("the object's key cannot be unwrapped: another key, or the object was altered", {
      code: "ENVELOPE_KEY_MISMATCH",
      hint: `the key in hand is ${key.id}`,
      cause,
    });
  }
}

/** A key of its own for authenticating manifests, so that no key serves two purposes. */
export function manifestKey(key: BackupKey): Buffer {
  return Buffer.from(hkdfSync("sha256", key.bytes, "", "gauntlet manifest", keyBytes));
}

function splitReference(reference: string): ["secret" | "file", string] {
  const match = /^(secret|file):(.+)$/.exec(reference);
  if (!match) {
    throw new UsageError(`"${reference}" is no key reference`, {
      code: "INVALID_KEY_REFERENCE",
      hint: "write file:/path or secret:NAME; a key itself never stands in a policy",
    });
  }
  return [match[1] as "secret" | "file", match[2] as string];
}

function decodeKey(raw: Buffer): Buffer {
  if (raw.length === keyBytes) return raw;
  const text = raw.toString("latin1").trim();
  return /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
}
