import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { statePath, writeFileAtomic } from "#core/state";

/**
 * sha256 over the names, kinds, permissions and contents of everything a build could see in `folder`. Contents are read
 * again only when size, times or inode changed since the last call, so an unchanged big context costs its stat calls.
 */
export async function hashBuildContext(folder: string, ignorePatterns: readonly string[]): Promise<string> {
  const paths = await listContext(folder, ignorePatterns);
  const cache = await ContentCache.open(folder);
  const lines = await mapLimited(paths, 32, (path) => describeEntry(folder, path, cache));
  await cache.save();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

/** Lines of the ignore file that belongs to this Dockerfile: its own (`X.dockerignore`) before the context's. */
export async function readIgnorePatterns(folder: string, dockerfile: string): Promise<string[]> {
  for (const path of [`${dockerfile}.dockerignore`, join(folder, ".dockerignore")]) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) return text.split(/\r?\n/);
  }
  return [];
}

/** Files and links that are not ignored, sorted; folders nothing below which can be wanted are not entered. */
export async function listContext(folder: string, patterns: readonly string[]): Promise<string[]> {
  const rules = patterns.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const ignored = dockerignoreOf(rules);
  const wanted = rules.filter((rule) => rule.startsWith("!")).map((rule) => cleanPattern(rule.slice(1)));
  const found: string[] = [];
  const visit = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true });
    for (const entry of entries) {
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      const isIgnored = ignored(path);
      if (!entry.isDirectory()) {
        if (!isIgnored && (entry.isFile() || entry.isSymbolicLink())) found.push(path);
      } else if (!isIgnored || wanted.some((pattern) => mayMatchBelow(pattern, path))) {
        await visit(path);
      }
    }
  };
  await visit("");
  return found.sort();
}

function dockerignoreOf(rules: readonly string[]): (path: string) => boolean {
  const create = dockerignore as unknown as () => {
    add(rules: string[]): unknown;
    ignores(path: string): boolean;
  };
  const matcher = create();
  matcher.add([...rules]);
  return (path) => matcher.ignores(path);
}

function cleanPattern(pattern: string): string[] {
  return pattern.split("/").filter((part) => part !== "" && part !== ".");
}

/** Whether an exception could bring back something inside an ignored folder; wildcards count as "it could". */
function mayMatchBelow(pattern: readonly string[], folder: string): boolean {
  const parts = folder.split("/");
  for (const [index, part] of parts.entries()) {
    const wanted = pattern[index];
    // The exception names a parent of this folder: what is ignored below that was ignored on purpose, by a later rule.
    if (wanted === undefined) return true;
    if (wanted === "**") return true;
    if (/[*?[\\]/.test(wanted)) continue;
    if (wanted !== part) return false;
  }
  return true;
}

async function describeEntry(folder: string, path: string, cache: ContentCache): Promise<string> {
  const full = join(folder, path);
  const stat = await lstat(full, { bigint: true });
  const mode = (Number(stat.mode) & 0o777).toString(8);
  if (stat.isSymbolicLink()) return `${JSON.stringify(path)} link ${await readlink(full)}`;
  const stamp = [stat.size, stat.mtimeNs, stat.ctimeNs, stat.ino].join(" ");
  let digest = cache.find(path, stamp);
  if (digest === undefined) {
    digest = await hashFile(full);
    cache.keep(path, stamp, digest, Number(stat.ctimeMs));
  }
  return `${JSON.stringify(path)} ${mode} ${digest}`;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** A file changed within this time might be changed again without its times showing it, so it is not remembered. */
const settleMs = 2_000;

class ContentCache {
  readonly #path: string;
  readonly #known: ReadonlyMap<string, readonly [stamp: string, digest: string]>;
  readonly #seen = new Map<string, readonly [string, string]>();
  #isChanged = false;

  static async open(folder: string): Promise<ContentCache> {
    const path = statePath(
      "content",
      `${createHash("sha256").update(folder).digest("hex").slice(0, 24)}.json`,
    );
    const text = await readFile(path, "utf8").catch(() => "{}");
    try {
      return new ContentCache(path, new Map(Object.entries(JSON.parse(text))));
    } catch {
      return new ContentCache(path, new Map());
    }
  }

  constructor(path: string, known: ReadonlyMap<string, readonly [string, string]>) {
    this.#path = path;
    this.#known = known;
  }

  find(path: string, stamp: string): string | undefined {
    const entry = this.#known.get(path);
    if (entry?.[0] !== stamp) return undefined;
    this.#seen.set(path, entry);
    return entry[1];
  }

  keep(path: string, stamp: string, digest: string, changedAtMs: number): void {
    this.#isChanged = true;
    if (Date.now() - changedAtMs > settleMs) this.#seen.set(path, [stamp, digest]);
  }

  /** Only a convenience: not being able to write it changes nothing but the time the next call takes. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    const merged = Object.fromEntries([...this.#known, ...this.#seen]);
    await writeFileAtomic(this.#path, JSON.stringify(merged)).catch(() => {});
  }
}

async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
