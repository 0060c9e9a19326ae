import { Readable } from "node:stream";
import type { Target } from "#core/ports";
import type { Digest } from "../digest.ts";
import type { FilesSource } from "../policy.ts";
import type { BackupEngine, Capture, CaptureEnd, EngineIo } from "./engine.ts";
import { execute, executeFromStream, executeToStream } from "./exec-stream.ts";
import { createTarDigest, type TarDigest } from "./tar-digest.ts";

/**
 * A directory tree by the container's own tar, extended attributes included (object stores on plain files keep content
 * types and versions in them). The digest is taken from the very bytes that are captured, so it is right whatever is
 * written meanwhile; a file that changes while tar reads it fails the capture.
 *
 * A restore works in place: directories that stay keep their identity, since a service may have one open as its working
 * directory; every file is removed first, and directories that the archive does not have last.
 */
export const filesEngine: BackupEngine<FilesSource> = {
  name: "files",
  capabilities: { isPointInTime: false, isRestoreAtomic: false },
  capture,
  restore,
  digest,
};

const tarOptions = [
  "--format=posix",
  "--xattrs",
  "--xattrs-include=*",
  "--numeric-owner",
  "--sort=name",
  "--anchored",
];
/** Times of access and change would differ on every read. */
const paxOptions = "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";

async function capture(source: FilesSource, target: Target, io: EngineIo): Promise<Capture> {
  const consistentAtMs = io.now();
  const version = await execute(target, ["tar", "--version"], options(source, io));
  const tar = readTree(source, target, io);
  const digest = createTarDigest();
  const end = Promise.withResolvers<CaptureEnd>();
  end.promise.catch(() => {});
  const stream = Readable.from(digesting(tar.stream, digest), { objectMode: false });
  stream.once("error", end.reject);
  stream.once("close", () => end.reject(new Error("the capture was not read to its end")));
  stream.once("end", () =>
    end.resolve({
      digest: digestOf(digest),
      toolVersions: { tar: version.stdout.toString().split("\n")[0] ?? "unknown" },
      consistentAtMs,
    }),
  );
  return { stream, finished: end.promise };
}

async function digest(source: FilesSource, target: Target, io: EngineIo): Promise<Digest> {
  const digest = createTarDigest();
  for await (const chunk of readTree(source, target, io).stream) digest.update(chunk);
  digest.finish();
  return digestOf(digest);
}

async function restore(source: FilesSource, target: Target, stream: Readable, io: EngineIo): Promise<void> {
  const removal = findFrom(source, "!", "-type", "d", "-exec", "rm", "-f", "--", "{}", "+");
  await execute(target, removal, options(source, io));
  const digest = createTarDigest();
  const extract = [
    "tar",
    "--extract",
    "--xattrs",
    "--xattrs-include=*",
    "--numeric-owner",
    "--preserve-permissions",
  ];
  const archive = Readable.from(digesting(stream, digest), { objectMode: false });
  await executeFromStream(target, [...extract, "--directory", source.path], archive, options(source, io));
  await removeDirectoriesBeside(digest, source, target, io);
}

/** Ends normally only when the archive was complete. */
async function* digesting(stream: Readable, digest: TarDigest): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    digest.update(chunk);
    yield chunk;
  }
  digest.finish();
}

/** Removes the directories that are in the tree but not in the archive, the deepest first. */
async function removeDirectoriesBeside(
  { entries }: TarDigest,
  source: FilesSource,
  target: Target,
  io: EngineIo,
): Promise<void> {
  const { stdout } = await execute(target, findFrom(source, "-type", "d", "-print0"), options(source, io));
  const extra = stdout
    .toString("utf8")
    .split("\0")
    .map((path) => path.slice("./".length))
    .sort()
    .reverse()
    .filter((path) => path !== "" && !entries.has(path));
  if (extra.length === 0) return;
  const remove = ["sh", "-c", 'cd "$0" && exec xargs -0 rmdir --', source.path];
  await execute(target, remove, { ...options(source, io), input: extra.map((path) => `${path}\0`).join("") });
}

/** A find over the tree's content from within it, excluded paths left out. */
function findFrom(source: FilesSource, ...action: string[]): string[] {
  const pruned = source.exclude.flatMap((path) => ["-path", `./${path}`, "-prune", "-o"]);
  return ["sh", "-c", 'cd "$0" && exec find . "$@"', source.path, "-mindepth", "1", ...pruned, ...action];
}

function readTree(source: FilesSource, target: Target, io: EngineIo) {
  const excluded = source.exclude.map((path) => `--exclude=./${path}`);
  const argv = ["tar", "--create", ...tarOptions, paxOptions, ...excluded, "--directory", source.path, "."];
  return executeToStream(target, argv, options(source, io));
}

function digestOf({ entries }: TarDigest): Digest {
  const named = [...entries].map(([path, { type, digest }]) => [`${type} ${path}`, digest] as const);
  return { v: 1, engine: "files", entries: Object.fromEntries(named) };
}

function options(source: FilesSource, io: EngineIo) {
  return {
    ...(source.osUser === undefined ? {} : { user: source.osUser }),
    ...(io.signal === undefined ? {} : { signal: io.signal }),
  };
}
