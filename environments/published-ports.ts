import { readFile } from "node:fs/promises";
import type { Endpoint } from "#core/environment";
import { type ComposeModel, type ComposeService, replicasOf } from "./model.ts";

/** One container port of a service and the host ports reserved for it: one for each replica. */
export interface PublishedPort {
  service: string;
  target: number;
  protocol: "tcp" | "udp";
  /** First of `count` adjacent host ports. */
  port: number;
  count: number;
}

/** A container port that wants host ports. */
export type WantedPort = Omit<PublishedPort, "port">;

export function wantedPorts(model: ComposeModel): WantedPort[] {
  return Object.entries(model.services).flatMap(([service, definition]) =>
    usesOwnNetwork(definition)
      ? distinct(definition).map((port) => ({ service, ...port, count: Math.max(replicasOf(definition), 1) }))
      : [],
  );
}

/** `GAUNTLET_URL_<SERVICE>` and `GAUNTLET_PORT_<SERVICE>` of each service's first TCP port. */
export function portVariables(ports: readonly PublishedPort[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { service, port, protocol } of ports) {
    const name = variableName(service);
    if (protocol !== "tcp" || `GAUNTLET_PORT_${name}` in variables) continue;
    variables[`GAUNTLET_PORT_${name}`] = String(port);
    variables[`GAUNTLET_URL_${name}`] = `http://127.0.0.1:${port}`;
  }
  return variables;
}

export function variableName(service: string): string {
  return service.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/** The names after `GAUNTLET_URL_` and `GAUNTLET_PORT_` in the files: they need a value before Compose can read them. */
export async function variableNamesIn(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/GAUNTLET_(?:URL|PORT)_([A-Z0-9_]+)/g)].map((match) => match[1] ?? ""),
  );
  return [...new Set(names)];
}

export function endpointsOf(service: string, ports: readonly PublishedPort[]): Endpoint[] {
  return ports
    .filter((port) => port.service === service)
    .flatMap(({ target, protocol, port, count }) =>
      Array.from({ length: count }, (_, index) => ({
        target,
        protocol,
        host: "127.0.0.1",
        port: port + index,
      })),
    );
}

function usesOwnNetwork(service: ComposeService): boolean {
  return service.network_mode === undefined || service.network_mode === "bridge";
}

/** The same container port published twice needs one host port here. */
function distinct(service: ComposeService): { target: number; protocol: "tcp" | "udp" }[] {
  const seen = new Map<string, { target: number; protocol: "tcp" | "udp" }>();
  for (const { target, protocol } of service.ports) {
    const kind = protocol === "udp" ? "udp" : "tcp";
    seen.set(`${target}/${kind}`, { target, protocol: kind });
  }
  return [...seen.values()];
}
