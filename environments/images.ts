import type Docker from "dockerode";
import { CommandError } from "#core/command";
import type { Log } from "#core/log";
import type { RunEventSink } from "#core/ports";
import { type HeldLock, statePath, waitForLock } from "#core/state";
import { buildFailure, pullFailure } from "./build-failure.ts";
import { buildTag, hashBuild } from "./build-hash.ts";
import { type ComposeProject, runCompose } from "./compose.ts";
import { callEngine } from "./engine.ts";
import type { ComposeModel } from "./model.ts";

/** An image under its content hash, by service; services that use another's built image share its tag. */
export interface PlannedImages {
  /** Service → image to run. Services with an image of their own from elsewhere are not in it. */
  tags: ReadonlyMap<string, string>;
  /** Services to build, with the hash each is locked by; undefined: cannot be known, so built every time. */
  builds: ReadonlyMap<string, string | undefined>;
}

export interface ServiceImage {
  reference: string;
  id: string;
  hasHealthcheck: boolean;
}

export interface ProvideImagesOptions {
  docker: Docker;
  model: ComposeModel;
  planned: PlannedImages;
  /** With the overlay that names the tags. */
  project: ComposeProject;
  signal: AbortSignal;
  events: RunEventSink;
  log: Log;
}

export async function planImages(docker: Docker, model: ComposeModel): Promise<PlannedImages> {
  const contexts = new Map<string, Promise<string>>();
  const imageIdOf = async (reference: string) => (await inspectImage(docker, reference))?.id;
  const builds = new Map<string, string | undefined>();
  const tags = new Map<string, string>();
  const tagOfImage = new Map<string, string>();
  const services = Object.entries(model.services);
  await Promise.all(
    services.map(async ([name, { build, image }]) => {
      if (!build) return;
      const hash = await hashBuild(name, build, { imageIdOf, contexts });
      const tag = buildTag(name, hash ?? `unhashed-${model.name}`);
      builds.set(name, hash);
      tags.set(name, tag);
      if (image !== undefined) tagOfImage.set(image, tag);
    }),
  );
  for (const [name, { build, image }] of services) {
    const tag = build || image === undefined ? undefined : tagOfImage.get(image);
    if (tag !== undefined) tags.set(name, tag);
  }
  return { tags, builds };
}

/** Builds and pulls what is missing; an image that is being built by another run is waited for, not built again. */
export async function provideImages(options: ProvideImagesOptions): Promise<Map<string, ServiceImage>> {
  const { docker, model, planned } = options;
  const references = new Map(
    Object.entries(model.services).map(([name, service]) => [
      name,
      planned.tags.get(name) ?? service.image ?? `${model.name}-${name}`,
    ]),
  );
  const images = await inspectAll(docker, references);
  const toBuild = [...planned.builds].filter(([name, hash]) => hash === undefined || !images.has(name));
  for (const [name] of planned.builds) {
    if (!toBuild.some(([one]) => one === name)) {
      options.events({ type: "image.started", service: name });
      options.events({ type: "image.finished", service: name, durationMs: 0, wasCached: true });
    }
  }
  if (toBuild.length > 0) await buildUnderLock(toBuild, references, options);
  const toPull = Object.entries(model.services).filter(
    ([name, service]) => !planned.tags.has(name) && (service.pull_policy === "always" || !images.has(name)),
  );
  await Promise.all(toPull.map(([name]) => pullImage(name, references.get(name) ?? "", options)));
  if (toBuild.length === 0 && toPull.length === 0) return images;
  return inspectAll(docker, references);
}

async function inspectAll(
  docker: Docker,
  references: ReadonlyMap<string, string>,
): Promise<Map<string, ServiceImage>> {
  const found = await Promise.all(
    [...references].map(async ([name, reference]) => [name, await inspectImage(docker, reference)] as const),
  );
  return new Map(found.flatMap(([name, image]) => (image === undefined ? [] : [[name, image] as const])));
}

async function inspectImage(docker: Docker, reference: string): Promise<ServiceImage | undefined> {
  return callEngine(`look for image ${reference}`, async () => {
    try {
      const image = await docker.getImage(reference).inspect();
      const test = (image.Config as { Healthcheck?: { Test?: string[] } }).Healthcheck?.Test ?? [];
      return { reference, id: image.Id, hasHealthcheck: test.length > 0 && test[0] !== "NONE" };
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return undefined;
      throw error;
    }
  });
}

async function buildUnderLock(
  builds: readonly (readonly [string, string | undefined])[],
  references: ReadonlyMap<string, string>,
  options: ProvideImagesOptions,
): Promise<void> {
  await using locks = new AsyncDisposableStack();
  const hashes = new Set(builds.flatMap(([, hash]) => hash ?? []));
  // Always in the same order, so that two runs never wait for each other.
  for (const hash of [...hashes].sort()) locks.use(await lockBuild(hash, options));
  const missing: string[] = [];
  for (const [name, hash] of builds) {
    const isThere = hash !== undefined && (await inspectImage(options.docker, references.get(name) ?? ""));
    if (isThere) options.events({ type: "image.finished", service: name, durationMs: 0, wasCached: true });
    else missing.push(name);
  }
  if (missing.length > 0) await build(missing, options);
}

function lockBuild(hash: string, options: ProvideImagesOptions): Promise<HeldLock> {
  return waitForLock(statePath("builds", `${hash}.lock`), {
    purpose: `building for ${options.project.name}`,
    signal: options.signal,
    onWait: (holder) =>
      options.events({
        type: "progress",
        stage: "environment",
        message: `waiting for ${holder}, which builds the same image`,
      }),
  });
}

async function build(services: readonly string[], options: ProvideImagesOptions): Promise<void> {
  const startMs = performance.now();
  for (const service of services) options.events({ type: "image.started", service });
  const output: string[] = [];
  try {
    await runCompose(options.project, ["build", ...services], {
      signal: options.signal,
      timeoutMs: 45 * 60_000,
      onLine: (line) => {
        output.push(line);
        if (output.length > 400) output.shift();
        options.log.debug(line);
        if (/^#\d+ \[/.test(line)) {
          options.events({ type: "progress", stage: "environment", message: line.replace(/^#\d+ /, "") });
        }
      },
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw buildFailure(services, output, error);
  }
  const durationMs = performance.now() - startMs;
  for (const service of services) {
    options.events({ type: "image.finished", service, durationMs, wasCached: false });
  }
}

async function pullImage(service: string, reference: string, options: ProvideImagesOptions): Promise<void> {
  const startMs = performance.now();
  options.events({ type: "image.started", service });
  try {
    await runCompose(options.project, ["pull", "--quiet", service], { signal: options.signal });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw pullFailure(service, reference, error);
  }
  const durationMs = performance.now() - startMs;
  options.events({ type: "image.finished", service, durationMs, wasCached: false });
}
