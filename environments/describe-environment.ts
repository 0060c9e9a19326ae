import type { EnvironmentDescriptor } from "#core/environment";
import type { EngineFacts } from "./engine.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { ServiceImage } from "./images.ts";
import type { ComposeModel } from "./model.ts";
import { endpointsOf, type PublishedPort } from "./published-ports.ts";

export interface DescribeOptions {
  id: string;
  project: string;
  anchor: string;
  seed: number;
  variables: Readonly<Record<string, string>>;
  model: ComposeModel;
  ports: readonly PublishedPort[];
  images: ReadonlyMap<string, ServiceImage>;
  /** Services that ran to their end. */
  oneShots: ReadonlySet<string>;
  engine: EngineFacts;
  /** Folders whose names differ between machines and runs, with the word that stands for each. */
  folders: ReadonlyMap<string, string>;
}

/** `environment.json`: all a suite is told. Tenants, ground truth and CA are filled in by who makes them. */
export function describeEnvironment(options: DescribeOptions): EnvironmentDescriptor {
  const { model, images, ports } = options;
  const services = Object.keys(model.services).map((name) => [
    name,
    {
      image: images.get(name)?.reference ?? "",
      endpoints: endpointsOf(name, ports),
      inside: name,
      hasHealthcheck: hasHealthcheck(model, name, images),
      isOneShot: options.oneShots.has(name),
    },
  ]);
  const portWords = ports.map((port): [string, string] => [String(port.port), `<port of ${port.service}>`]);
  return {
    v: 1,
    id: options.id,
    project: options.project,
    anchor: options.anchor,
    seed: options.seed,
    services: Object.fromEntries(services),
    tenants: [],
    groundTruth: {},
    caFile: null,
    fingerprint: fingerprintOf({
      model,
      imageIds: Object.fromEntries([...images].map(([name, image]) => [name, image.id])),
      engine: options.engine,
      variables: options.variables,
      volatile: new Map([...options.folders, [options.project, "<project>"], ...portWords]),
    }),
  };
}

/** By the service's own definition, else by its image's. */
export function hasHealthcheck(
  model: ComposeModel,
  service: string,
  images: ReadonlyMap<string, ServiceImage>,
): boolean {
  const own = model.services[service]?.healthcheck;
  if (own?.disable || own?.test?.[0] === "NONE") return false;
  return own?.test !== undefined || (images.get(service)?.hasHealthcheck ?? false);
}
