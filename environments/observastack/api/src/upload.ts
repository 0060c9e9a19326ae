import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FastifyRequest } from "fastify";
import { badRequest, ProblemError, tooLarge } from "./problems.ts";
import type { StoredBytes } from "./stores/objects.ts";

export const maxUploadBytes = 50 * 1024 * 1024;

export interface Upload extends StoredBytes, AsyncDisposable {
  readonly originalName: string;
  readonly mimeType: string;
}

/**
 * Reads the multipart field `file` to a temporary file, so that a put can be repeated and 50 MB never sit in memory.
 * Disposing removes that file. Throws a 400, 413 or 415 problem; the body is read to its end all the same, since a
 * connection cut off in the middle would hide the answer from the caller.
 */
export async function receiveUpload(request: FastifyRequest): Promise<Upload> {
  if (!request.isMultipart())
    throw new ProblemError(415, "unsupported-media-type", "send multipart/form-data with one field `file`");
  const directory = await mkdtemp(join(tmpdir(), "upload-"));
  const dispose = () => rm(directory, { recursive: true, force: true });
  try {
    const path = join(directory, "bytes");
    const { size, sha256, ...described } = await readFilePart(request, path);
    if (size > maxUploadBytes) throw tooLarge(`a file may have at most ${maxUploadBytes} bytes`);
    return { ...described, path, size, sha256, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function readFilePart(
  request: FastifyRequest,
  path: string,
): Promise<Omit<Upload, "path" | keyof AsyncDisposable>> {
  let found: Omit<Upload, "path" | keyof AsyncDisposable> | undefined;
  let surplus = 0;
  try {
    // One byte more than allowed is kept, to tell "exactly 50 MB" from "cut off at 50 MB"; the rest is read and dropped.
    const limits = { fileSize: maxUploadBytes + 1, files: 5, fields: 20, parts: 25 };
    for await (const part of request.parts({ limits })) {
      if (part.type !== "file") continue;
      if (part.fieldname !== "file" || found !== undefined) {
        surplus += 1;
        part.file.resume();
        continue;
      }
      const measure = new Measure();
      await pipeline(part.file, measure, createWriteStream(path));
      found = {
        originalName: safeName(part.filename),
        mimeType: safeType(part.mimetype),
        ...measure.result(),
      };
    }
  } catch (error) {
    throw badRequest("the multipart body is malformed or ends too early", error);
  }
  if (found === undefined || surplus > 0)
    throw badRequest("body must have exactly one file, in the field `file`");
  return found;
}

class Measure extends Transform {
  readonly #hash = createHash("sha256");
  #size = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    done(null, chunk);
  }

  result(): { size: number; sha256: string } {
    return { size: this.#size, sha256: this.#hash.digest("hex") };
  }
}

/** The last part of a path, without control characters, at most 255 characters. */
export function safeName(name: string | undefined): string {
  const base = (name ?? "").split(/[/\\]/).at(-1) ?? "";
  const clean = base
    // The one printable character that browsers escape in a multipart name.
    .replaceAll("%22", '"')
    .toWellFormed()
    .normalize("NFC")
    .replace(/\p{Cc}/gu, "")
    .trim();
  return [...clean].slice(0, 255).join("") || "unnamed";
}

/** A media type that can stand in a header as it is; anything else is just bytes. */
export function safeType(type: string | undefined): string {
  const isType = /^[a-z0-9][\w.+-]{0,126}\/[a-z0-9][\w.+-]{0,126}$/i.test(type ?? "");
  return isType && type !== undefined ? type.toLowerCase() : "application/octet-stream";
}

/** RFC 6266: a plain name for old readers, the true one for the others. */
export function contentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
