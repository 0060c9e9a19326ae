import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "#core/errors";
import { writeFileAtomic } from "#core/state";
import { describeFileError } from "./errors.ts";

export interface SecretFiles {
  /** One file each, named after the secret: what Compose's `secrets: { x: { file } }` points at. */
  folder: string;
  /** All of them as one JSON object, 0600: for suites. */
  file: string;
}

/**
 * Writes secrets below `parent`. The single files are readable by every user, since services run as users of their own
 * and Compose mounts files as they are; the folder around them lets nobody but us and the engine in.
 */
export async function writeSecrets(
  parent: string,
  secrets: Readonly<Record<string, string>>,
): Promise<SecretFiles> {
  const folder = join(parent, "secrets");
  const file = join(parent, "secrets.json");
  const wrong = Object.keys(secrets).find((name) => !/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name));
  if (wrong !== undefined) {
    throw new UsageError(`"${wrong}" cannot be the name of a secret`, {
      hint: "use letters, digits, dots, dashes and underscores",
    });
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const [name, value] of Object.entries(secrets)) {
      const path = join(folder, name);
      await writeFile(path, value, { mode: 0o444 });
      await chmod(path, 0o444);
    }
    await writeFileAtomic(file, `${JSON.stringify(secrets)}\n`, 0o600);
    return { folder, file };
  } catch (error) {
    throw describeFileError(error, folder);
  }
}
