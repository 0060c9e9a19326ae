import { CleanupStack } from "#core/cleanup";
import { type Log, silentLog } from "#core/log";
import type { RunEventSink } from "#core/ports";
import { createContainers } from "./create-containers.ts";
import { describeEnvironment, hasHealthcheck } from "./describe-environment.ts";
import { declaredOf } from "./drift.ts";
import { connectEngine, type EngineFacts, readEngineFacts } from "./engine.ts";
import { type EventStream, openEventStream } from "./engine-events.ts";
import { newEnvironmentId, projectOf, requireEnvironmentId } from "./environment-id.ts";
import { dependencyGraph } from "./graph.ts";
import { provideImages, type ServiceImage } from "./images.ts";
import { copyInlineFiles, inlineFilesOf } from "./inline-files.ts";
import { leaseState } from "./lease.ts";
import { leasesOnEngine } from "./leases-on-engine.ts";
import { type Lifetime, labelledLease, leaseFor } from "./lifetime.ts";
import { requireFiles } from "./model.ts";
import { type PreparedProject, prepareProject } from "./prepare.ts";
import { killLeased } from "./processes.ts";
import { listProjectContainers } from "./project-containers.ts";
import {
  claimEnvironment,
  type EnvironmentRecord,
  environmentExists,
  environmentFolder,
  forgetEnvironment,
  readRecord,
  writeRecord,
} from "./record.ts";
import { removeEnvironment } from "./remove-environment.ts";
import { countOf, findResources, removeResources } from "./remove-resources.ts";
import { writeSecrets } from "./secrets.ts";
import { startServices } from "./start-services.ts";
import { notKeepable, type StartedEnvironment, startedEnvironment } from "./started-environment.ts";
import { type TearDownOptions, tearDown } from "./tear-down.ts";
import { startWatcher } from "./watcher.ts";

export interface StartEnvironmentOptions {
  /** Default: six random characters. The Compose project is `gauntlet-<id>`. */
  id?: string;
  /** Absolute paths. */
  composeFiles: readonly string[];
  projectDirectory: string;
  composeProfiles?: readonly string[];
  /** Only these and what they depend on. */
  services?: readonly string[];
  /** ISO 8601; the run's start floored to the hour. */
  anchor: string;
  seed: number;
  /** For interpolation, on top of the inherited environment. */
  variables?: Readonly<Record<string, string>>;
  /** Written to files; `GAUNTLET_SECRETS_DIR` names their folder. */
  secrets?: Readonly<Record<string, string>>;
  /** Every network internal; services with published ports get a second one that leads to the host only. */
  isIsolated?: boolean;
  /** Default `process`. */
  lifetime?: Lifetime;
  /** From the moment containers are made until all are ready. Default 180 000. */
  startTimeoutMs?: number;
}

export interface StartEnvironmentIo {
  signal?: AbortSignal;
  events?: RunEventSink;
  log?: Log;
}

interface Io {
  signal: AbortSignal;
  events: RunEventSink;
  log: Log;
}

/**
 * Starts the services of a Compose file as an environment of their own and resolves when all are ready. Undoes itself
 * when it fails or `signal` aborts. Throws UsageError for bad input, EnvironmentError for what could not be provided.
 */
export async function startEnvironment(
  options: StartEnvironmentOptions,
  io: StartEnvironmentIo = {},
): Promise<StartedEnvironment> {
  const { signal = new AbortController().signal, events = () => {}, log = silentLog } = io;
  signal.throwIfAborted();
  await requireFiles(options.composeFiles);
  const record = newRecord(options);
  const cleanup = new CleanupStack();
  try {
    await claim(record, cleanup);
    return await start(options, record, cleanup, { signal, events, log });
  } catch (error) {
    for (const { step, error: failure } of await cleanup.run()) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      events({ type: "warning", message: `after the failed start: ${step}: ${reason}` });
      log.warn(`after the failed start: ${step}: ${reason}`);
    }
    throw signal.aborted ? signal.reason : error;
  }
}

function newRecord(options: StartEnvironmentOptions): EnvironmentRecord {
  const id = requireEnvironmentId(options.id ?? newEnvironmentId());
  return {
    v: 1,
    id,
    project: projectOf(id),
    state: "starting",
    lease: leaseFor(id, options.lifetime),
    createdAt: new Date().toISOString(),
    composeFiles: options.composeFiles,
    projectDirectory: options.projectDirectory,
  };
}

/** From here on the id is ours on this machine; what an owner that is gone left under it is removed first. */
async function claim(record: EnvironmentRecord, cleanup: CleanupStack): Promise<void> {
  const earlier = await readRecord(record.id);
  if (earlier && leaseState(earlier.lease) === "ended") await removeEnvironment(record.id);
  await claimEnvironment(record);
  cleanup.defer("forget the environment", () =>
    // What could not be removed keeps its record, so that it is listed and can be removed later.
    cleanup.failures.length === 0 ? forgetEnvironment(record.id, record.lease.id) : undefined,
  );
}

async function start(
  options: StartEnvironmentOptions,
  record: EnvironmentRecord,
  cleanup: CleanupStack,
  io: Io,
): Promise<StartedEnvironment> {
  const { id, lease, project } = record;
  const docker = connectEngine();
  const teardown: TearDownOptions = { docker, id, project, lease };
  const connecting = connect(teardown, cleanup);
  const watching = startWatcher({ environment: id, project, leaseId: lease.id });
  // Reported by the first that fails; the other must not end the process meanwhile.
  watching.catch(() => {});
  connecting.catch(() => {});
  cleanup.defer("release the watcher", async () => (await watching).release());

  const secrets = await writeSecrets(environmentFolder(id), options.secrets ?? {});
  const preparing = prepareProject({
    docker,
    lease: labelledLease(lease, options.lifetime),
    project,
    folder: environmentFolder(id),
    composeFiles: options.composeFiles,
    projectDirectory: options.projectDirectory,
    composeProfiles: options.composeProfiles ?? [],
    services: options.services ?? [],
    variables: { GAUNTLET_SECRETS_DIR: secrets.folder, ...options.variables },
    isIsolated: options.isIsolated ?? false,
    signal: io.signal,
    onWarning: (message) => io.events({ type: "warning", message }),
  });
  preparing.catch(() => {});
  const { engine, stream } = await connecting;
  const prepared = await preparing;
  teardown.watcher = await watching;
  cleanup.defer("remove what was started", () => tearDown(teardown), { deadlineMs: 60_000 });

  const images = await provideImages({ docker, ...prepared, planned: prepared.images, ...io });
  const oneShots = await createAndStart({ options, record, prepared, images, stream, docker, io });
  const containers = await listProjectContainers(docker, project);
  const declared = declaredOf(containers, oneShots);
  const descriptor = describeEnvironment({
    id,
    project,
    anchor: options.anchor,
    seed: options.seed,
    variables: options.variables ?? {},
    model: prepared.model,
    ports: prepared.ports,
    images,
    oneShots: new Set(containers.flatMap(({ name, service }) => (oneShots.has(name) ? [service] : []))),
    engine,
    folders: foldersOf(options, id),
  });
  const running: EnvironmentRecord = { ...record, state: "running", descriptor, declared };
  await writeRecord(running);
  io.signal.throwIfAborted();
  if (lease.expiresAtMs !== undefined) teardown.watcher.release();
  const stop = () => tearDown(teardown);
  const secretsFile = secrets.file;
  return startedEnvironment({
    docker,
    descriptor,
    secretsFile,
    declared,
    containers,
    events: stream,
    stop,
    dispose: stop,
    keep: () => keep(running, teardown, options.lifetime),
  });
}

/** The record is what counts on this machine; the watcher goes once it says so. */
async function keep(
  record: EnvironmentRecord,
  { watcher }: TearDownOptions,
  lifetime: Lifetime | undefined,
): Promise<Date> {
  if (typeof lifetime !== "object" || !("keepForMs" in lifetime)) throw notKeepable(record.id);
  const expiresAtMs = Date.now() + lifetime.keepForMs;
  await writeRecord({ ...record, lease: { ...record.lease, expiresAtMs } });
  watcher?.release();
  return new Date(expiresAtMs);
}

/** The engine answers, its events are followed, and nothing on it has our name. */
async function connect(
  { docker, id, project, lease }: TearDownOptions,
  cleanup: CleanupStack,
): Promise<{ engine: EngineFacts; stream: EventStream }> {
  const engine = await readEngineFacts(docker);
  const [stream, existing] = await Promise.all([
    openEventStream(docker, project),
    findResources(docker, { project, environment: id }),
  ]);
  cleanup.defer("close the events stream", () => stream[Symbol.dispose]());
  if (countOf(existing) > 0) await removeRemains({ docker, id, project, lease });
  return { engine, stream };
}

/** Removes what bears our name when each lease on it has ended. Throws UsageError ENVIRONMENT_EXISTS otherwise. */
async function removeRemains({ docker, id, project }: TearDownOptions): Promise<void> {
  const leases = await leasesOnEngine(docker, id);
  if (leases.length === 0 || leases.some((one) => leaseState(one) !== "ended")) throw environmentExists(id);
  for (const one of leases) killLeased(one.id);
  await removeResources(docker, { project, environment: id });
}

interface CreateAndStart {
  options: StartEnvironmentOptions;
  record: EnvironmentRecord;
  prepared: PreparedProject;
  images: ReadonlyMap<string, ServiceImage>;
  stream: EventStream;
  docker: TearDownOptions["docker"];
  io: Io;
}

/** Containers start as they come into being, so the first may be healthy before the last exists. Returns those that are done. */
async function createAndStart(parts: CreateAndStart): Promise<Set<string>> {
  const { prepared, images, docker, record, io, options } = parts;
  const { model, project } = prepared;
  const startMs = performance.now();
  const failed = new AbortController();
  const signal = AbortSignal.any([io.signal, failed.signal]);
  const variables = { ...process.env, ...project.variables };
  const starting = startServices({
    docker,
    environment: record.id,
    project: project.name,
    model,
    graph: dependencyGraph(model),
    healthchecked: new Set(
      Object.keys(model.services).filter((service) => hasHealthcheck(model, service, images)),
    ),
    events: parts.stream,
    timeoutMs: options.startTimeoutMs ?? 180_000,
    signal,
    beforeStart: (service, container) =>
      copyInlineFiles(docker, container, inlineFilesOf(model, service, variables)),
    onChange: (service, state) =>
      io.events({ type: "service.changed", service, state, durationMs: performance.now() - startMs }),
  });
  const creating = createContainers({
    docker,
    project,
    services: options.services ?? [],
    signal,
    onCreated: (container) => starting.created(container),
  });
  try {
    // The first failure of either ends both: a service that fails while others are still being made is told at once.
    await Promise.all([creating, starting.ready]);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled([creating, starting.ready]);
    throw error;
  }
  return starting.done();
}

function foldersOf(options: StartEnvironmentOptions, id: string): Map<string, string> {
  return new Map([
    [environmentFolder(id), "<environment>"],
    [options.projectDirectory, "<project directory>"],
  ]);
}
