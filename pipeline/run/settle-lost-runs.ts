import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, writeFileAtomic } from "#core/state";
import type { RunState } from "./run-folder.ts";

/**
 * Marks runs that say they are running though their process is gone as `lost`, and returns their ids. Their environments,
 * and with these every fault in them, are the watcher's and `env gc`'s business.
 */
export async function settleLostRuns(runsFolder: string): Promise<string[]> {
  const lost: string[] = [];
  for (const id of await readdir(runsFolder).catch(() => [])) {
    const file = join(runsFolder, id, "run.json");
    const state = await readState(file);
    if (state?.state !== "running" || isAlive(state.owner)) continue;
    await writeFileAtomic(
      file,
      `${JSON.stringify({ ...state, state: "lost" } satisfies RunState, null, 2)}\n`,
    );
    lost.push(id);
  }
  return lost;
}

async function readState(file: string): Promise<RunState | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as RunState;
  } catch {
    return undefined;
  }
}
