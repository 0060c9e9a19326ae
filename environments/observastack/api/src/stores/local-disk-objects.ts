import { createReadStream } from "node:fs";
import { access, copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { ObjectStore } from "./objects.ts";

/**
 * The planted defect `api-files-on-local-disk`: every request works, and nothing of it is in object storage, so that
 * a backup of the stores misses the bytes. Also what tests without a store use.
 */
export function openLocalDiskObjects(directory: string): ObjectStore {
  const pathOf = (key: string) => join(directory, key);
  return {
    bucket: "uploads",
    prepare: async () => void (await mkdir(directory, { recursive: true })),
    async put(key, { path }) {
      await mkdir(dirname(pathOf(key)), { recursive: true });
      await copyFile(path, pathOf(key));
    },
    async get(key) {
      const isThere = await access(pathOf(key)).then(
        () => true,
        () => false,
      );
      return isThere ? createReadStream(pathOf(key)) : undefined;
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    async *keys() {
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) yield relative(directory, join(entry.parentPath, entry.name));
    },
    ping: async () => {},
    close: () => {},
  };
}
