import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { UsageError } from "#core/errors";
import { hashBuildContext, readIgnorePatterns } from "./build-context.ts";
import { canonicalJson } from "./fingerprint.ts";
import type { ComposeBuild } from "./model.ts";

export interface BuildHashOptions {
  /** Id of a local image, so that a new base makes a new image; undefined when it is not here. */
  imageIdOf: (reference: string) => Promise<string | undefined>;
  /** Contexts already hashed in this start: many services share one. */
  contexts?: Map<string, Promise<string>>;
}

/**
 * What an image will be made of, as one hash: the build's definition, its Dockerfile, its base images where they are known
 * and every file of its contexts. Undefined when a part cannot be known (a context fetched from elsewhere).
 */
export async function hashBuild(
  service: string,
  build: ComposeBuild,
  options: BuildHashOptions,
): Promise<string | undefined> {
  const folders = [build.context, ...Object.values(build.additional_contexts ?? {})];
  if (folders.some(isRemote)) return undefined;
  const dockerfile = await readDockerfile(service, build);
  const contexts = options.contexts ?? new Map<string, Promise<string>>();
  const digests = await Promise.all(
    folders.map(async (folder) => {
      if (!isAbsolute(folder)) return folder;
      const patterns = await readIgnorePatterns(folder, dockerfile.path);
      const key = canonicalJson([folder, patterns]);
      const digest = contexts.get(key) ?? hashBuildContext(folder, patterns);
      contexts.set(key, digest);
      return digest;
    }),
  );
  const bases = await Promise.all(
    baseImagesOf(dockerfile.text, build.args ?? {}).map(async (base) => [
      base,
      await options.imageIdOf(base),
    ]),
  );
  const { context: _context, additional_contexts: _more, tags: _tags, ...definition } = build;
  return createHash("sha256")
    .update(canonicalJson({ v: 1, definition, dockerfile: dockerfile.text, digests, bases }))
    .digest("hex");
}

/** `gauntlet-build/<service>:<hash>`, with what a repository name may not hold replaced. */
export function buildTag(service: string, hash: string): string {
  const name =
    service
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || "service";
  return `gauntlet-build/${name}:${hash.slice(0, 32)}`;
}

/** Images named after FROM, with build arguments filled in; stages of the same file and `scratch` left out. */
export function baseImagesOf(dockerfile: string, args: Readonly<Record<string, string | null>>): string[] {
  const values: Record<string, string> = {};
  const stages = new Set(["scratch"]);
  const bases = new Set<string>();
  for (const line of dockerfile.replace(/\\\r?\n/g, " ").split("\n")) {
    const argument = /^\s*ARG\s+(\w+)(?:=(\S*))?/i.exec(line);
    if (argument?.[1] && bases.size === 0) {
      values[argument[1]] = args[argument[1]] ?? (argument[2] ?? "").replace(/^["']|["']$/g, "");
    }
    const from = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (!from?.[1]) continue;
    const base = from[1].replace(
      /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (_all, name, fallback, plain) => values[name ?? plain] || fallback || "",
    );
    if (base !== "" && !stages.has(base)) bases.add(base);
    if (from[2]) stages.add(from[2]);
  }
  return [...bases];
}

async function readDockerfile(service: string, build: ComposeBuild): Promise<{ path: string; text: string }> {
  if (build.dockerfile_inline !== undefined) return { path: "", text: build.dockerfile_inline };
  const name = build.dockerfile ?? "Dockerfile";
  const path = isAbsolute(name) ? name : join(build.context, name);
  try {
    return { path, text: await readFile(path, "utf8") };
  } catch (cause) {
    throw new UsageError(`service "${service}" is built from ${path}, which cannot be read`, {
      code: "DOCKERFILE_MISSING",
      hint: "`build.context` and `build.dockerfile` of the service say where it is",
      cause,
    });
  }
}

function isRemote(context: string): boolean {
  return /^(https?:|git:|git@|ssh:|docker-image:|oci-layout:|target:|service:)/.test(context);
}
