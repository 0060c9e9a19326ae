import { createHash } from "node:crypto";
import { isAbsolute, relative } from "node:path";

export interface TestIdentity {
  suite: string;
  /** Relative, forward slashes; see `posixFile`. */
  file: string;
  title: readonly string[];
  /** What tells the runs of a parameterised test apart: browser, tenant, payload. */
  params?: Readonly<Record<string, string>> | undefined;
}

/**
 * The test's name across runs, shards and machines. Tags such as `@req:G3` are not part of it, so adding one keeps
 * the test's history.
 */
export function testId({ suite, file, title, params = {} }: TestIdentity): string {
  const sorted = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = [suite, file, title.map(withoutTags), sorted];
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 16);
}

const requirementTag = /@req:([A-Za-z]+\d+)/g;

/** The requirements a title claims with `@req:A1`, each once, in order of letters and numbers. */
export function requirementsOf(title: readonly string[]): string[] {
  const found = title.flatMap((part) => [...part.matchAll(requirementTag)].map((match) => match[1] ?? ""));
  return [...new Set(found.map((id) => id.toUpperCase()))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
}

/** A title as people read it. */
export function titleText(title: readonly string[]): string {
  return title
    .map(withoutTags)
    .filter((part) => part !== "")
    .join(" > ");
}

/** `file` relative to `root`, with forward slashes on every platform. */
export function posixFile(file: string, root: string): string {
  const path = isAbsolute(file) ? relative(root, file) : file;
  return path.replaceAll("\\", "/").replace(/^\.\//, "");
}

function withoutTags(part: string): string {
  return part.replace(requirementTag, "").replace(/\s+/g, " ").trim();
}
