import type Docker from "dockerode";
import { callEngine } from "./engine.ts";

/** A container of a Compose project, running or not. */
export interface ProjectContainer {
  id: string;
  name: string;
  service: string;
  /** Counted from 1 within the service. */
  number: number;
  state: string;
  imageId: string;
  configHash: string;
  labels: Readonly<Record<string, string>>;
}

/** All containers of the project, by service and number. */
export async function listProjectContainers(docker: Docker, project: string): Promise<ProjectContainer[]> {
  const containers = await callEngine(`list the containers of ${project}`, () =>
    docker.listContainers({ all: true, filters: { label: [`com.docker.compose.project=${project}`] } }),
  );
  return containers
    .map((container) => ({
      id: container.Id,
      name: (container.Names[0] ?? container.Id).replace(/^\//, ""),
      service: container.Labels["com.docker.compose.service"] ?? "",
      number: Number(container.Labels["com.docker.compose.container-number"] ?? 1),
      state: container.State,
      imageId: container.ImageID,
      configHash: container.Labels["com.docker.compose.config-hash"] ?? "",
      labels: container.Labels,
    }))
    .sort((a, b) => a.service.localeCompare(b.service) || a.number - b.number);
}
