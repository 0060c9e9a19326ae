import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  file(...parts: string[]): string;
  /** Writes the files, by path relative to the folder. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
}

/** An empty folder of its own; disposing removes it with all that is in it. */
export async function temporaryFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), "gauntlet-test-"));
  const folder: TemporaryFolder = {
    path,
    file: (...parts) => join(path, ...parts),
    async write(more) {
      for (const [name, content] of Object.entries(more)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), content);
      }
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
  await folder.write(files);
  return folder;
}
