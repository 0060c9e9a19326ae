import { Document, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { ComposeModel, ComposeService } from "./model.ts";
import type { PublishedPort } from "./published-ports.ts";

export interface OverlayOptions {
  project: string;
  labels: Readonly<Record<string, string>>;
  ports: readonly PublishedPort[];
  /** Image to run instead of building, by service. */
  images?: ReadonlyMap<string, string>;
  isIsolated?: boolean;
}

export interface Overlay {
  /** YAML, to be given to Compose after the user's own files. */
  text: string;
  /** What the user should know about: things an ephemeral environment cannot take over as they are. */
  warnings: string[];
}

export const edgeNetwork = "gauntlet_edge";

/**
 * What has to differ from the user's Compose file so that many environments can live side by side: host ports, names and
 * labels. The file itself is never touched. Needs Compose 2.24.4 for `!override` and `!reset`.
 */
export function composeOverlay(model: ComposeModel, options: OverlayOptions): Overlay {
  const warnings: string[] = [];
  const hasPorts = new Set(options.ports.map((port) => port.service));
  const services = Object.entries(model.services).map(([name, service]): [string, unknown] => {
    warnings.push(...warningsOf(name, service));
    return [name, serviceOverlay(name, service, options, hasPorts.has(name))];
  });
  const networks = Object.entries(model.networks).map(([key, network]): [string, unknown] => [
    key,
    {
      name: `${options.project}_${key}`,
      labels: options.labels,
      ...(options.isIsolated ? { internal: true } : {}),
      ...subnetOverlay(key, model, network?.ipam?.config, warnings),
    },
  ]);
  if (options.isIsolated && hasPorts.size > 0) networks.push([edgeNetwork, edgeDefinition(options)]);
  const volumes = Object.keys(model.volumes).map((key): [string, unknown] => [
    key,
    { name: `${options.project}_${key}`, labels: options.labels },
  ]);
  const text = new Document({
    services: Object.fromEntries(services),
    ...(networks.length > 0 ? { networks: Object.fromEntries(networks) } : {}),
    ...(volumes.length > 0 ? { volumes: Object.fromEntries(volumes) } : {}),
  }).toString({ lineWidth: 0 });
  return { text, warnings };
}

function serviceOverlay(
  name: string,
  service: ComposeService,
  options: OverlayOptions,
  isPublished: boolean,
): Record<string, unknown> {
  const image = options.images?.get(name);
  const ports = options.ports.filter((port) => port.service === name).map(portText);
  return {
    ...(service.container_name === undefined ? {} : { container_name: reset() }),
    ...(service.ports.length > 0 || ports.length > 0 ? { ports: override(ports) } : {}),
    ...(image === undefined ? {} : { image }),
    ...(options.isIsolated && isPublished
      ? { networks: { ...nulls(Object.keys(service.networks)), [edgeNetwork]: null } }
      : {}),
    labels: options.labels,
  };
}

/** A fixed subnet makes the second run side by side fail, so it goes, unless an address in it is asked for. */
function subnetOverlay(
  key: string,
  model: ComposeModel,
  config: readonly { subnet?: string | undefined }[] | undefined,
  warnings: string[],
): Record<string, unknown> {
  if (!config?.some((pool) => pool.subnet)) return {};
  const hasFixedAddress = Object.values(model.services).some((service) => {
    const attachment = service.networks[key];
    return attachment?.ipv4_address !== undefined || attachment?.ipv6_address !== undefined;
  });
  if (!hasFixedAddress) return { ipam: reset() };
  warnings.push(
    `network "${key}" has fixed addresses: two environments of this file cannot run at the same time`,
  );
  return {};
}

/** Published ports need a network that is not internal; without masquerading it gives no way out. */
function edgeDefinition(options: OverlayOptions): Record<string, unknown> {
  return {
    name: `${options.project}_${edgeNetwork}`,
    labels: options.labels,
    driver_opts: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
  };
}

function warningsOf(name: string, service: ComposeService): string[] {
  const warnings = service.volumes
    .filter((mount) => mount.type === "bind")
    .map(
      (mount) =>
        `service "${name}" mounts ${mount.source} of this machine at ${mount.target}: environments share it, and it is not cleaned up`,
    );
  if (service.network_mode === "host") {
    warnings.push(`service "${name}" uses the host's network: its ports are not isolated`);
  }
  return warnings;
}

function portText({ port, count, target, protocol }: PublishedPort): Record<string, unknown> {
  return {
    mode: "ingress",
    host_ip: "127.0.0.1",
    target,
    published: count > 1 ? `${port}-${port + count - 1}` : String(port),
    protocol,
  };
}

function nulls(keys: readonly string[]): Record<string, null> {
  return Object.fromEntries((keys.length > 0 ? keys : ["default"]).map((key) => [key, null]));
}

function reset(): Scalar {
  const scalar = new Scalar(null);
  scalar.tag = "!reset";
  return scalar;
}

function override(items: readonly Record<string, unknown>[]): YAMLSeq {
  const sequence = new YAMLSeq();
  sequence.tag = "!override";
  for (const item of items) {
    const map = new YAMLMap();
    for (const [key, value] of Object.entries(item)) map.set(key, value);
    sequence.items.push(map);
  }
  return sequence;
}
