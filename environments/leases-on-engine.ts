import type Docker from "dockerode";
import { callEngine } from "./engine.ts";
import { environmentLabel, type Lease, leaseOfLabels } from "./lease.ts";

/** The leases that label containers, networks and volumes: of one environment, or of all. */
export async function leasesOnEngine(docker: Docker, environment?: string): Promise<Lease[]> {
  const filters = {
    label: [environment === undefined ? environmentLabel : `${environmentLabel}=${environment}`],
  };
  const labels = await callEngine("list what gauntlet has made", async () => {
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
  return labels.map(leaseOfLabels).filter((lease) => lease !== undefined);
}
