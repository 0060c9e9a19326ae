import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { callEngine } from "./engine.ts";
import { EnvironmentError } from "./errors.ts";
import { environmentLabel, leaseLabel } from "./lease.ts";

/** Ids of what exists. */
export interface Resources {
  containers: string[];
  networks: string[];
  volumes: string[];
}

const rounds = 8;

/** Whose resources: those of a Compose project that no other lease holds. */
export interface ResourceScope {
  project: string;
  environment: string;
  /** Undefined: whatever the lease. */
  leaseId?: string;
}

/**
 * Removes every container, network and volume in scope and proves it by looking again. Running containers are killed.
 * Returns how many things were removed. Throws EnvironmentError NOT_REMOVED, naming what is left.
 */
export async function removeResources(docker: Docker, scope: ResourceScope): Promise<number> {
  let removed = 0;
  let refusals: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const found = await findResources(docker, scope);
    if (countOf(found) === 0) return removed;
    if (round > 0) await sleep(50 * 2 ** Math.min(round, 5));
    refusals = await removeAll(docker, found);
    removed += countOf(found) - refusals.length;
  }
  const left = await findResources(docker, scope);
  if (countOf(left) === 0) return removed;
  throw new EnvironmentError(
    `could not remove ${inWords(left)} of environment ${scope.environment}\n${refusals.join("\n")}`,
    {
      code: "NOT_REMOVED",
      hint: `run \`gauntlet env down ${scope.environment}\` again; the engine's own messages are above`,
    },
  );
}

/** By Compose's own label and by ours: what Compose makes without asking the overlay is found as well. */
export async function findResources(docker: Docker, scope: ResourceScope): Promise<Resources> {
  const labels = [`com.docker.compose.project=${scope.project}`, `${environmentLabel}=${scope.environment}`];
  const isInScope = (found: Record<string, string> | null | undefined) =>
    scope.leaseId === undefined || [undefined, scope.leaseId].includes(found?.[leaseLabel]);
  const each = await Promise.all(
    labels.map((label) =>
      callEngine(`list what belongs to ${scope.project}`, async () => {
        const filters = { label: [label] };
        const [containers, networks, { Volumes }] = await Promise.all([
          docker.listContainers({ all: true, filters }),
          docker.listNetworks({ filters }),
          docker.listVolumes({ filters }),
        ]);
        return {
          containers: containers.filter((one) => isInScope(one.Labels)).map((one) => one.Id),
          networks: networks.filter((one) => isInScope(one.Labels)).map((one) => one.Id),
          volumes: (Volumes ?? []).filter((one) => isInScope(one.Labels)).map((one) => one.Name),
        };
      }),
    ),
  );
  const union = (kind: keyof Resources) => [...new Set(each.flatMap((found) => found[kind]))];
  return { containers: union("containers"), networks: union("networks"), volumes: union("volumes") };
}

export function countOf(resources: Resources): number {
  return resources.containers.length + resources.networks.length + resources.volumes.length;
}

async function removeAll(docker: Docker, { containers, networks, volumes }: Resources): Promise<string[]> {
  const first = await attemptAll(containers, "container", (id) =>
    docker.getContainer(id).remove({ force: true, v: true }),
  );
  const [second, third] = await Promise.all([
    attemptAll(networks, "network", (id) => removeNetwork(docker, id)),
    attemptAll(volumes, "volume", (name) => docker.getVolume(name).remove({ force: true })),
  ]);
  return [...first, ...second, ...third];
}

/** Something of somebody else may have joined our network; it is put out, not killed. */
async function removeNetwork(docker: Docker, id: string): Promise<void> {
  const network = docker.getNetwork(id);
  try {
    await network.remove();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 403) throw error;
    const { Containers } = await network.inspect();
    for (const container of Object.keys(Containers ?? {})) {
      await network.disconnect({ Container: container, Force: true });
    }
    await network.remove();
  }
}

async function attemptAll(
  ids: readonly string[],
  kind: string,
  remove: (id: string) => Promise<unknown>,
): Promise<string[]> {
  const outcomes = await Promise.allSettled(ids.map(remove));
  return outcomes.flatMap((outcome, index) => {
    if (outcome.status === "fulfilled") return [];
    const { statusCode, message } = outcome.reason as { statusCode?: number; message?: string };
    if (statusCode === 404) return [];
    return [`${kind} ${ids[index]?.slice(0, 40)}: ${message}`];
  });
}

function inWords({ containers, networks, volumes }: Resources): string {
  const part = (list: readonly string[], name: string) =>
    list.length > 0 ? [`${list.length} ${name}${list.length > 1 ? "s" : ""}`] : [];
  return [...part(containers, "container"), ...part(networks, "network"), ...part(volumes, "volume")].join(
    ", ",
  );
}
