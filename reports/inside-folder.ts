import { lstat, mkdir, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { writeFileAtomic } from "#core/state";
import { ReportError, unwritable } from "./errors.ts";

/**
 * The absolute path of `name` below `folder`. Throws ReportError when the name points outside, be it by `..`, as an
 * absolute path, or through a symbolic link that already lies on the way.
 */
export async function insideFolder(folder: string, name: string): Promise<string> {
  const root = resolve(folder);
  const path = resolve(root, name);
  if (isAbsolute(name) || name.includes("\0") || !isBelow(root, path)) throw outside(folder, name);
  const trueRoot = await realpathOfExisting(root);
  if (!isBelow(trueRoot, await realpathOfExisting(path))) throw outside(folder, name);
  return path;
}

/** Writes a whole file below `folder`, folders included; returns its absolute path. */
export async function writeInside(
  folder: string,
  name: string,
  content: string | Uint8Array,
): Promise<string> {
  const path = await insideFolder(folder, name);
  try {
    await writeFileAtomic(path, content);
    return path;
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Makes `folder`; a ReportError says why when that cannot be. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** A name people gave, as one harmless path part: letters, digits, dot, dash, underscore. */
export function asFileName(name: string): string {
  const cleaned = name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+|[.-]+$/g, "");
  return cleaned.slice(-80) || "unnamed";
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Follows links as far as the path exists; the rest is appended as it is. A dangling link counts as outside. */
async function realpathOfExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw unwritable(path, cause);
    if (await isLink(path)) return sep;
    const parent = dirname(path);
    return parent === path ? path : join(await realpathOfExisting(parent), relative(parent, path));
  }
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

function outside(folder: string, name: string): ReportError {
  return new ReportError(`refused to write ${JSON.stringify(name)}: it lies outside ${folder}`, {
    code: "OUTSIDE_REPORT_FOLDER",
    hint: "names of files in a report are relative and stay below its folder",
  });
}
