import { createHash, type Hash } from "node:crypto";
import { BackupError } from "../errors.ts";

/** Digests a tar stream as it passes. */
export interface TarDigest {
  /** By path without leading `./`; complete after `finish`. */
  readonly entries: ReadonlyMap<string, TarEntry>;
  /** Takes the next bytes. Throws BackupError on a bad checksum or an unknown form. */
  update(chunk: Buffer): void;
  /** Says that nothing follows. Throws BackupError when the archive is not complete. */
  finish(): void;
}

export interface TarEntry {
  type: "file" | "directory" | "symlink" | "hardlink" | "other";
  /** One line: type, mode, owner, link, modification time of files, extended attributes and sha256 of the content. */
  digest: string;
}

const block = 512;

/**
 * Reads POSIX tar (pax, as `tar --format=posix` writes it) and digests each entry, in bounded memory but for the entries'
 * own lines. Directories' times are left out: a restore of their content changes them.
 */
export function createTarDigest(): TarDigest {
  const entries = new Map<string, TarEntry>();
  const state = { pending: Buffer.alloc(0) as Buffer, remaining: 0, padding: 0, isEnded: false };
  let current: Current | undefined;
  let pax = new Map<string, Buffer>();

  const endEntry = () => {
    if (current?.pax) {
      pax = parsePax(Buffer.concat(current.pax));
    } else if (current) {
      entries.set(current.path, { type: current.type, digest: digestLine(current) });
      pax = new Map();
    }
    current = undefined;
  };
  const beginEntry = (header: Buffer) => {
    if (header.every((byte) => byte === 0)) {
      state.isEnded = true;
      return;
    }
    current = readHeader(header, pax);
    state.remaining = current.sizeBytes;
    state.padding = (block - (current.sizeBytes % block)) % block;
  };
  const consume = (chunk: Buffer) => {
    state.pending = state.pending.length === 0 ? chunk : Buffer.concat([state.pending, chunk]);
    while (!state.isEnded) {
      if (current && state.remaining > 0) {
        const part = state.pending.subarray(0, state.remaining);
        if (part.length === 0) return;
        take(current, part);
        state.remaining -= part.length;
        state.pending = state.pending.subarray(part.length);
        continue;
      }
      if (current) {
        if (state.pending.length < state.padding) return;
        state.pending = state.pending.subarray(state.padding);
        endEntry();
      }
      if (state.pending.length < block) return;
      beginEntry(state.pending.subarray(0, block));
      state.pending = state.pending.subarray(block);
    }
    state.pending = Buffer.alloc(0);
  };
  return {
    entries,
    update: consume,
    finish() {
      if (!state.isEnded) throw invalid("it ends too early");
    },
  };
}

interface Current {
  path: string;
  type: TarEntry["type"];
  sizeBytes: number;
  attributes: string[];
  hash: Hash;
  /** Set for a pax header, whose content is kept. */
  pax?: Buffer[];
}

function take(current: Current, part: Buffer): void {
  if (current.pax) current.pax.push(Buffer.from(part));
  else current.hash.update(part);
}

function digestLine({ attributes, type, hash }: Current): string {
  return [...attributes, ...(type === "file" ? [`sha256=${hash.digest("hex")}`] : [])].join(" ");
}

const types: Record<string, TarEntry["type"]> = {
  "\0": "file",
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "5": "directory",
};

function readHeader(header: Buffer, pax: Map<string, Buffer>): Current {
  checkSum(header);
  const flag = String.fromCharCode(header[156] as number);
  const hash = createHash("sha256");
  const sizeBytes = Number(pax.get("size")?.toString() ?? octal(header, 124, 12));
  if (flag === "x") return { path: "", type: "other", sizeBytes, attributes: [], hash, pax: [] };
  if (flag === "g" || flag === "L" || flag === "K") throw invalid(`entries of type ${flag} are not expected`);
  const type = types[flag] ?? "other";
  const prefix = text(header, 345, 155);
  const name = pax.get("path")?.toString() ?? `${prefix === "" ? "" : `${prefix}/`}${text(header, 0, 100)}`;
  const link = pax.get("linkpath")?.toString() ?? text(header, 157, 100);
  const owner = `${Number(pax.get("uid")?.toString() ?? octal(header, 108, 8))}:${Number(pax.get("gid")?.toString() ?? octal(header, 116, 8))}`;
  const mtime = Number(pax.get("mtime")?.toString() ?? octal(header, 136, 12));
  const attributes = [
    type,
    `mode=${octal(header, 100, 8).toString(8)}`,
    `owner=${owner}`,
    ...(link === "" ? [] : [`link=${link}`]),
    ...(type === "file" ? [`mtime=${mtime}`] : []),
    ...extendedAttributes(pax),
  ];
  return { path: normal(name), type, sizeBytes: type === "file" ? sizeBytes : 0, attributes, hash };
}

/** Values are binary, so their hash stands for them. */
function extendedAttributes(pax: Map<string, Buffer>): string[] {
  return [...pax]
    .filter(([key]) => /^(SCHILY\.(xattr|acl)|RHT)\./.test(key))
    .map(([key, value]) => `${key}=${createHash("sha256").update(value).digest("hex").slice(0, 32)}`)
    .sort();
}

/** Records of `length key=value\n`, the length counting all of it. */
function parsePax(content: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.subarray(at, space).toString());
    const record = content.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (space < 0 || !(length > 0) || equals < 0) throw invalid("a pax record cannot be read");
    records.set(record.subarray(0, equals).toString(), record.subarray(equals + 1));
    at += length;
  }
  return records;
}

function checkSum(header: Buffer): void {
  const stored = octal(header, 148, 8);
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== stored) throw invalid("a header's checksum is wrong");
}

function octal(header: Buffer, start: number, length: number): number {
  return Number.parseInt(text(header, start, length).trim() || "0", 8);
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString();
}

function normal(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/$/, "") || ".";
}

function invalid(why: string): BackupError {
  return new BackupError(`the archive of files cannot be read: ${why}`, { code: "ARCHIVE_INVALID" });
}
