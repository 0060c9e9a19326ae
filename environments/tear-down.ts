import type Docker from "dockerode";
import type { Lease } from "./lease.ts";
import { killLeased } from "./processes.ts";
import { forgetEnvironment } from "./record.ts";
import { removeResources } from "./remove-resources.ts";
import type { Watcher } from "./watcher.ts";

export interface TearDownOptions {
  docker: Docker;
  id: string;
  project: string;
  lease: Lease;
  /** Let go when everything is gone; told to go on trying when something could not be removed. */
  watcher?: Watcher | undefined;
}

/** Removes everything of one environment: commands still at work, containers, networks, volumes, ports, files. Idempotent. */
export async function tearDown(options: TearDownOptions): Promise<void> {
  const { docker, id, project, lease, watcher } = options;
  try {
    killLeased(lease.id);
    await removeResources(docker, { project, environment: id, leaseId: lease.id });
    await forgetEnvironment(id, lease.id);
    watcher?.release();
  } catch (error) {
    watcher?.takeOver();
    throw error;
  }
}
