import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { writeFileAtomic } from "#core/state";
import { BackupError } from "../errors.ts";
import type { Repository, StoredObject } from "./repository.ts";

const infoFile = "repository.json";
const infoSchema = z.strictObject({ v: z.literal(1), id: z.string().min(1) });

/** A repository in a folder of this machine; made when missing. Files and folders are for the owner only. */
export async function openFolderRepository(folder: string): Promise<Repository> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const id = await repositoryId(join(folder, infoFile));
  const pathOf = (name: string) => join(folder, checked(name));
  return {
    id,
    write: async (name, content, signal) => writeObject(pathOf(name), name, content, signal),
    async read(name) {
      const path = pathOf(name);
      try {
        const file = await open(path, "r");
        return file.createReadStream();
      } catch (cause) {
        throw new BackupError(`object ${name} is not in the repository`, { code: "OBJECT_MISSING", cause });
      }
    },
    async list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
        .filter((name) => name.includes("/") && !name.endsWith(".tmp"))
        .sort();
    },
    remove: async (recoveryPoint) => rm(pathOf(recoveryPoint), { recursive: true, force: true }),
  };
}

async function repositoryId(path: string): Promise<string> {
  try {
    return infoSchema.parse(JSON.parse(await readFile(path, "utf8"))).id;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new BackupError(`${path} is not a repository's description`, {
        code: "REPOSITORY_INVALID",
        cause,
      });
    }
  }
  const id = randomBytes(12).toString("hex");
  await writeFileAtomic(path, `${JSON.stringify({ v: 1, id })}\n`, 0o600);
  return id;
}

/** Written beside, synced, then linked under its name, which fails when the name is taken. */
async function writeObject(
  path: string,
  name: string,
  content: Readable,
  signal: AbortSignal | undefined,
): Promise<StoredObject> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const measuring = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    const file = await open(temporary, "wx", 0o600);
    await pipeline(content, measuring, file.createWriteStream({ flush: true }), signal ? { signal } : {});
    await link(temporary, path);
  } catch (cause) {
    throw writeFailure(name, cause, signal);
  } finally {
    await rm(temporary, { force: true });
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

function writeFailure(name: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "EEXIST")
    return new BackupError(`object ${name} exists already`, { code: "OBJECT_EXISTS", cause });
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new BackupError(`no space left to store ${name}`, {
      code: "REPOSITORY_FULL",
      hint: "free space or choose another folder",
      cause,
    });
  }
  return cause;
}

/** Names come from manifests too, so they are not trusted as paths. */
function checked(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/.test(name)) {
    throw new BackupError(`"${name}" is no object name`, { code: "OBJECT_NAME_INVALID" });
  }
  return name;
}
