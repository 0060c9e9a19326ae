import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine } from "./engine.ts";
import { killLeased } from "./processes.ts";
import { forgetEnvironment } from "./record.ts";
import { removeResources } from "./remove-resources.ts";
import type { WatcherTask } from "./watcher.ts";

export interface Patience {
  /** How long it must have stayed empty: the engine may still be making what a killed client asked for. */
  cleanForMs: number;
  scanEveryMs: number;
  /** How long an engine that does not answer is tried. */
  giveUpAfterMs: number;
}

const defaultPatience: Patience = { cleanForMs: 1_500, scanEveryMs: 250, giveUpAfterMs: 15 * 60_000 };

/** Kills and removes until nothing has shown up for a while. False: gave up, `env gc` has to finish it. */
export async function removeLeftBehind(
  task: WatcherTask,
  patience: Patience = defaultPatience,
): Promise<boolean> {
  const docker = connectEngine();
  const giveUpAt = Date.now() + patience.giveUpAfterMs;
  let cleanSince: number | undefined;
  while (Date.now() < giveUpAt) {
    const removed = await removeOnce();
    if (removed !== 0) cleanSince = undefined;
    else cleanSince ??= Date.now();
    if (cleanSince !== undefined && Date.now() - cleanSince >= patience.cleanForMs) {
      await forgetEnvironment(task.environment, task.leaseId);
      return true;
    }
    await sleep(removed === undefined ? patience.scanEveryMs * 4 : patience.scanEveryMs);
  }
  return false;

  /** How much there was; undefined when it could not be told or removed. */
  async function removeOnce(): Promise<number | undefined> {
    const killed = killLeased(task.leaseId);
    try {
      return killed + (await removeResources(docker, task));
    } catch {
      return undefined;
    }
  }
}
