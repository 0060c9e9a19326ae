import type { ProjectContainer } from "./project-containers.ts";

/** What a container was made from. */
export interface DeclaredService {
  service: string;
  /** Compose's hash of the service's definition. */
  configHash: string;
  imageId: string;
  /** A container that ran to its end, and may. */
  isOneShot: boolean;
}

export type Declared = Readonly<Record<string, DeclaredService>>;

export function declaredOf(containers: readonly ProjectContainer[], done: ReadonlySet<string>): Declared {
  return Object.fromEntries(
    containers.map(({ name, service, configHash, imageId }) => [
      name,
      { service, configHash, imageId, isOneShot: done.has(name) },
    ]),
  );
}

/** What differs between what was started and what runs now, one sentence each; empty when nothing does. */
export function driftOf(declared: Declared, containers: readonly ProjectContainer[]): string[] {
  const running = new Map(containers.map((container) => [container.name, container]));
  const changes = Object.entries(declared).flatMap(([name, wanted]) => {
    const found = running.get(name);
    running.delete(name);
    if (!found) return [`container ${name} is gone`];
    return [
      ...(found.configHash === wanted.configHash
        ? []
        : [`service "${wanted.service}" has another configuration`]),
      ...(found.imageId === wanted.imageId
        ? []
        : [`service "${wanted.service}" runs another image: ${found.imageId}, not ${wanted.imageId}`]),
      ...(found.state === "running" || wanted.isOneShot ? [] : [`container ${name} is ${found.state}`]),
    ];
  });
  const extra = [...running.values()]
    .filter((container) => container.service !== "")
    .map((container) => `container ${container.name} was not there at the start`);
  return [...changes, ...extra];
}
