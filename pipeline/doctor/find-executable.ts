import { access, constants, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The full path of command `name`, as a shell would find it; the administrator's folders are looked at too. */
export async function findOnPath(name: string, env: Environment): Promise<string | undefined> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  // A plain user's PATH often lacks sbin, where dockerd lives.
  return firstExecutable(
    [...folders, "/usr/local/sbin", "/usr/sbin", "/sbin"].map((folder) => join(folder, name)),
  );
}

export async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isExecutable(path)) return path;
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
