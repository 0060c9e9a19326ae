import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Compression, openObject, sealing } from "./envelope.ts";
import { headerLength, preludeBytes } from "./header.ts";
import { createBackupKey } from "./key.ts";
import { openSegments, sealSegments } from "./segments.ts";

const key = createBackupKey(Buffer.alloc(32, 7));
const context = { repository: "r", recoveryPoint: "p", object: "db.data" };
const segment = 65_536;

/** A pattern that is cheap to make and not periodic in a segment. */
const content = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255));

async function sealed(plain: Buffer, chunkBytes = 50_000): Promise<Buffer> {
  return buffer(Readable.from(chunksOf(plain, chunkBytes)).compose(sealSegments(key, context, "zstd")));
}

async function opened(
  stored: Buffer,
  options: { with?: typeof key; as?: typeof context; chunkBytes?: number } = {},
) {
  const open = openSegments(options.with ?? key, options.as ?? context);
  const parts: Buffer[] = [];
  await pipeline(Readable.from(chunksOf(stored, options.chunkBytes ?? 50_000)), open, async (source) => {
    for await (const part of source) parts.push(part as Buffer);
  });
  return Buffer.concat(parts);
}

function* chunksOf(bytes: Buffer, chunkBytes: number) {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Each: what came out, if anything, and whether it was refused. */
async function isRefused(stored: Buffer, options: Parameters<typeof opened>[1] = {}): Promise<boolean> {
  try {
    await opened(stored, options);
    return false;
  } catch (error) {
    expect((error as { code: string }).code).toMatch(/^ENVELOPE_/);
    return true;
  }
}

const sizes = fc.oneof(
  fc.constantFrom(0, 1, segment - 1, segment, segment + 1, 2 * segment, 3 * segment + 17),
  fc.nat(4 * segment),
);

describe("the envelope", () => {
  it("gives back what went in, however it is cut into chunks @req:E6", async () => {
    const chunk = fc.integer({ min: 1000, max: 200_000 });
    await fc.assert(
      fc.asyncProperty(sizes, chunk, chunk, async (size, inBytes, outBytes) => {
        const plain = content(size);
        const stored = await sealed(plain, inBytes);
        expect((await opened(stored, { chunkBytes: outBytes })).equals(plain)).toBe(true);
        expect(stored.includes(plain.subarray(0, 64)) && size >= 64).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it("opens one byte at a time", async () => {
    const plain = content(3000);
    expect((await opened(await sealed(plain), { chunkBytes: 1 })).equals(plain)).toBe(true);
  });

  it("refuses every flipped bit @req:E6", async () => {
    const stored = await sealed(content(2 * segment + 100));
    await fc.assert(
      fc.asyncProperty(fc.nat(stored.length - 1), fc.nat(7), async (at, bit) => {
        const flipped = Buffer.from(stored);
        flipped[at] = (flipped[at] as number) ^ (1 << bit);
        expect(await isRefused(flipped)).toBe(true);
      }),
      { numRuns: 150 },
    );
    const small = await sealed(content(5));
    for (let at = 0; at < small.length; at++) {
      const flipped = Buffer.from(small);
      flipped[at] = (flipped[at] as number) ^ 1;
      expect(await isRefused(flipped), `byte ${at}`).toBe(true);
    }
  });

  it("refuses every truncation, also at the end of a segment, and anything appended @req:E6", async () => {
    const stored = await sealed(content(3 * segment));
    const start = headerLength(stored.subarray(0, preludeBytes));
    const ends = [0, 3, preludeBytes, start, ...[1, 2].map((count) => start + count * (segment + 16))];
    for (const end of ends) expect(await isRefused(stored.subarray(0, end)), `cut at ${end}`).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(stored.length - 1), async (end) => {
        expect(await isRefused(stored.subarray(0, end))).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect(await isRefused(Buffer.concat([stored, Buffer.from([0])]))).toBe(true);
    expect(await isRefused(Buffer.concat([stored, stored.subarray(start)]))).toBe(true);
  });

  it("refuses segments that are reordered, repeated, left out or of another object @req:E6", async () => {
    const stored = await sealed(content(3 * segment + 5));
    const twin = await sealed(content(3 * segment + 5));
    const start = headerLength(stored.subarray(0, preludeBytes));
    const part = (from: Buffer, index: number) =>
      from.subarray(start + index * (segment + 16), start + (index + 1) * (segment + 16));
    const build = (...parts: Buffer[]) => Buffer.concat([stored.subarray(0, start), ...parts]);
    const [a, b, c, d] = [0, 1, 2, 3].map((index) => part(stored, index)) as [Buffer, Buffer, Buffer, Buffer];
    expect(await isRefused(build(a, b, c, d))).toBe(false);
    for (const forged of [
      build(b, a, c, d),
      build(a, a, b, c, d),
      build(a, c, d),
      build(a, b, c, part(twin, 3)),
      build(d),
    ]) {
      expect(await isRefused(forged)).toBe(true);
    }
  });

  it("refuses another key and another object under the same key @req:E6", async () => {
    const stored = await sealed(content(10));
    expect(await isRefused(stored, { with: createBackupKey() })).toBe(true);
    for (const as of [
      { ...context, object: "other.data" },
      { ...context, recoveryPoint: "q" },
      { ...context, repository: "s" },
    ]) {
      expect(await isRefused(stored, { as })).toBe(true);
      const renamed = Buffer.from(
        stored.toString("latin1").replace(JSON.stringify(context), JSON.stringify(as)),
        "latin1",
      );
      expect(await isRefused(renamed, { as })).toBe(true);
    }
  });

  it("lets out only a true prefix before it refuses @req:E6", async () => {
    const plain = content(3 * segment);
    const stored = await sealed(plain);
    stored[stored.length - 1] = (stored[stored.length - 1] as number) ^ 1;
    const open = openSegments(key, context);
    const parts: Buffer[] = [];
    open.on("data", (part: Buffer) => parts.push(part));
    await expect(pipeline(Readable.from(chunksOf(stored, 10_000)), open)).rejects.toMatchObject({
      code: "ENVELOPE_DAMAGED",
    });
    const out = Buffer.concat(parts);
    expect(out.length).toBe(2 * segment);
    expect(plain.subarray(0, out.length).equals(out)).toBe(true);
  });

  it("never seals the same content to the same bytes", async () => {
    expect((await sealed(content(10))).equals(await sealed(content(10)))).toBe(false);
  });
});

describe("stored objects", () => {
  const store = async (plain: Readable, compression: Compression) => {
    const [compress, seal] = sealing({ key, context, compression });
    return buffer(plain.compose(compress).compose(seal));
  };

  it.each(["zstd", "gzip"] as const)("come back through %s @req:E6", async (compression) => {
    const plain = content(300_000);
    const stored = await store(Readable.from([plain]), compression);
    expect(stored.length).toBeLessThan(plain.length);
    expect((await buffer(openObject(Readable.from([stored]), key, context))).equals(plain)).toBe(true);
    const empty = await store(Readable.from([]), compression);
    expect(await buffer(openObject(Readable.from([empty]), key, context))).toHaveLength(0);
  });

  it("error with what was wrong with the envelope, not with what followed from it @req:E6", async () => {
    const stored = await store(Readable.from([content(300_000)]), "zstd");
    const read = (bytes: Buffer, chunkBytes: number) =>
      buffer(openObject(Readable.from(chunksOf(bytes, chunkBytes)), key, context));
    for (const chunkBytes of [100, stored.length]) {
      await expect(read(stored.subarray(0, -40), chunkBytes)).rejects.toMatchObject({
        code: "ENVELOPE_DAMAGED",
      });
      await expect(read(Buffer.from("not a backup at all"), chunkBytes)).rejects.toMatchObject({
        code: "ENVELOPE_INVALID",
      });
      await expect(read(Buffer.alloc(0), chunkBytes)).rejects.toMatchObject({ code: "ENVELOPE_INVALID" });
    }
    const failing = new Readable({ read: () => {} });
    failing.push(stored.subarray(0, 700));
    setTimeout(() => failing.destroy(new Error("disk on fire")), 20);
    await expect(buffer(openObject(failing, key, context))).rejects.toThrow("disk on fire");
  });

  it("stream in bounded memory @req:E6", async () => {
    const block = Buffer.alloc(1_048_576);
    const blocks = 256;
    async function* noise() {
      for (let index = 0; index < blocks; index++) {
        block.writeUInt32LE(index, 0);
        block.writeDoubleLE(Math.random(), 512);
        yield Buffer.from(block);
      }
    }
    globalThis.gc?.();
    const startBytes = process.memoryUsage().rss;
    let peakBytes = 0;
    let plainBytes = 0;
    const seal = sealSegments(key, context, "gzip");
    const open = openSegments(key, context);
    await pipeline(Readable.from(noise()), seal, open, async (source) => {
      for await (const part of source) {
        plainBytes += (part as Buffer).length;
        peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
      }
    });
    expect(plainBytes).toBe(blocks * block.length);
    expect(peakBytes - startBytes).toBeLessThan(128 * 1_048_576);
  }, 60_000);
});
