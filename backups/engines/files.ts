import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Target } from "#core/ports";
import type { Digest } from "../digest.ts";
import type { FilesSource } from "../policy.ts";
import type { BackupEngine, Capture, CaptureEnd, EngineIo } from "./engine.ts";
import { execute, executeFromStream, executeToStream } from "./exec-stream.ts";
import { type TarEntry, watchTar } from "./tar-digest.ts";

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

const tarOptions = ["--format=posix", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--sort=name"];
/** Times of access and change would differ on every read. */
const paxOptions = "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";

async function capture(source: FilesSource, target: Target, io: EngineIo): Promise<Capture> {
  const consistentAtMs = io.now();
  const version = await execute(target, ["tar", "--version"], options(source, io));
  const tar = readTree(source, target, io);
  const watch = watchTar();
  const passed = pipeline(tar.stream, watch, ...(io.signal ? [{ signal: io.signal }] : []));
  const finished = Promise.all([tar.finished, passed]).then(
    (): CaptureEnd => ({
      digest: digestOf(watch.entries),
      toolVersions: { tar: version.stdout.toString().split("\n")[0] ?? "unknown" },
      consistentAtMs,
    }),
  );
  finished.catch(() => {});
  return { stream: watch, finished };
}

async function digest(source: FilesSource, target: Target, io: EngineIo): Promise<Digest> {
  const tar = readTree(source, target, io);
  const watch = watchTar();
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(tar.stream, watch, sink);
  await tar.finished;
  return digestOf(watch.entries);
}

async function restore(source: FilesSource, target: Target, stream: Readable, io: EngineIo): Promise<void> {
  const inTree = ["--directory", source.path];
  await execute(
    target,
    ["find", source.path, "-mindepth", "1", "!", "-type", "d", "-delete"],
    options(source, io),
  );
  const watch = watchTar();
  const extract = [
    "tar",
    "--extract",
    "--xattrs",
    "--xattrs-include=*",
    "--numeric-owner",
    "--preserve-permissions",
    ...inTree,
  ];
  const passing = pipeline(stream, watch);
  passing.catch(() => {});
  await executeFromStream(target, extract, watch, options(source, io));
  await passing;
  await removeDirectoriesBeside(watch.entries, source, target, io);
}

/** Removes the directories that are in the tree but not in the archive, the deepest first. */
async function removeDirectoriesBeside(
  entries: Map<string, TarEntry>,
  source: FilesSource,
  target: Target,
  io: EngineIo,
): Promise<void> {
  const find = ["find", source.path, "-mindepth", "1", "-depth", "-type", "d", "-printf", "%P\\0"];
  const { stdout } = await execute(target, find, options(source, io));
  const extra = stdout
    .toString("utf8")
    .split("\0")
    .filter((path) => path !== "" && !entries.has(path));
  if (extra.length === 0) return;
  const input = Readable.from([extra.map((path) => `${source.path}/${path}\0`).join("")]);
  await execute(target, ["xargs", "-0", "rmdir", "--"], { ...options(source, io), input });
}

function readTree(source: FilesSource, target: Target, io: EngineIo) {
  const argv = ["tar", "--create", ...tarOptions, paxOptions, "--directory", source.path, "."];
  return executeToStream(target, argv, options(source, io));
}

function digestOf(entries: Map<string, TarEntry>): Digest {
  const named = [...entries].map(([path, { type, digest }]) => [`${type} ${path}`, digest] as const);
  return { v: 1, engine: "files", entries: Object.fromEntries(named) };
}

function options(source: FilesSource, io: EngineIo) {
  return {
    ...(source.osUser === undefined ? {} : { user: source.osUser }),
    ...(io.signal === undefined ? {} : { signal: io.signal }),
  };
}
