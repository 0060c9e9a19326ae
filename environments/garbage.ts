import type Docker from "dockerode";
import { callEngine, connectEngine } from "./engine.ts";
import { projectOf } from "./environment-id.ts";
import { environmentLabel, type Lease, leaseOfLabels, leaseState } from "./lease.ts";
import { releaseStalePorts } from "./ports.ts";
import { forgetEnvironment, readRecord, recordedIds } from "./record.ts";
import { tearDown } from "./tear-down.ts";

export interface GarbageReport {
  /** Ids of environments that nobody holds; with `dryRun` those that would be removed. */
  removed: string[];
  /** Held by a live process or within their term. */
  kept: string[];
  /** Made from another machine or PID namespace: whether their owner lives cannot be told from here. */
  unknown: string[];
  failed: { id: string; reason: string }[];
  portsFreed: number;
}

/** Removes every environment whose lease has ended, found by labels on the engine and by records on disk. */
export async function collectGarbage(options: { dryRun?: boolean } = {}): Promise<GarbageReport> {
  const docker = connectEngine();
  const report: GarbageReport = { removed: [], kept: [], unknown: [], failed: [], portsFreed: 0 };
  for (const [id, lease] of await findLeases(docker)) {
    const state = lease === undefined ? "ended" : leaseState(lease);
    if (state === "held") report.kept.push(id);
    else if (state === "elsewhere") report.unknown.push(id);
    else if (options.dryRun) report.removed.push(id);
    else await collect(docker, id, lease, report);
  }
  report.portsFreed = await releaseStalePorts(options);
  return report;
}

async function collect(
  docker: Docker,
  id: string,
  lease: Lease | undefined,
  report: GarbageReport,
): Promise<void> {
  try {
    if (lease) await tearDown({ docker, id, project: projectOf(id), lease });
    else await forgetEnvironment(id, "");
    report.removed.push(id);
  } catch (error) {
    report.failed.push({ id, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** The label of any resource or the record will do; a live lease outranks an ended one of the same id. */
async function findLeases(docker: Docker): Promise<Map<string, Lease | undefined>> {
  const leases = new Map<string, Lease | undefined>();
  const note = (id: string, lease: Lease | undefined) => {
    const known = leases.get(id);
    if (!known || (lease && leaseState(lease) !== "ended")) leases.set(id, lease ?? known);
  };
  for (const id of await recordedIds()) note(id, (await readRecord(id))?.lease);
  for (const labels of await labelledResources(docker)) {
    const lease = leaseOfLabels(labels);
    if (lease) note(lease.environment, lease);
  }
  return leases;
}

async function labelledResources(docker: Docker): Promise<Record<string, string>[]> {
  const filters = { label: [environmentLabel] };
  return callEngine("list what gauntlet has made", async () => {
    const [containers, networks, volumes] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters }),
    ]);
    return [
      ...containers.map((container) => container.Labels),
      ...networks.map((network) => network.Labels ?? {}),
      ...(volumes.Volumes ?? []).map((volume) => volume.Labels ?? {}),
    ];
  });
}
