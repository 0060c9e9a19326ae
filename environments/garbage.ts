import type Docker from "dockerode";
import { connectEngine } from "./engine.ts";
import { projectOf } from "./environment-id.ts";
import { type Lease, type LeaseState, leaseState } from "./lease.ts";
import { leasesOnEngine } from "./leases-on-engine.ts";
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

/** Removes everything whose lease has ended, found by labels on the engine and by records on disk. */
export async function collectGarbage(options: { dryRun?: boolean } = {}): Promise<GarbageReport> {
  const docker = connectEngine();
  const { leases, unreadable } = await findLeases(docker);
  const failed: GarbageReport["failed"] = [];
  const removed: string[] = [];
  const remove = async (id: string, how: () => Promise<void>) => {
    try {
      if (!options.dryRun) await how();
      removed.push(id);
    } catch (error) {
      failed.push({ id, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  for (const lease of leases.filter((one) => leaseState(one) === "ended")) {
    const id = lease.environment;
    await remove(id, () => tearDown({ docker, id, project: projectOf(id), lease }));
  }
  for (const id of unreadable) await remove(id, () => forgetEnvironment(id, ""));
  const idsThatAre = (state: LeaseState) =>
    leases.filter((one) => leaseState(one) === state).map(environmentOf);
  return {
    removed: [...new Set(removed)],
    kept: [...new Set(idsThatAre("held"))],
    unknown: [...new Set(idsThatAre("elsewhere"))],
    failed,
    portsFreed: await releaseStalePorts(options),
  };
}

async function findLeases(docker: Docker): Promise<{ leases: Lease[]; unreadable: string[] }> {
  const ids = await recordedIds();
  const records = await Promise.all(ids.map(readRecord));
  const recorded = records.flatMap((record) => (record ? [record.lease] : []));
  const byId = new Map([...(await leasesOnEngine(docker)), ...recorded].map((lease) => [lease.id, lease]));
  return { leases: [...byId.values()], unreadable: ids.filter((_id, index) => !records[index]) };
}

function environmentOf(lease: Lease): string {
  return lease.environment;
}
