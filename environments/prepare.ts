import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { requireEphemeral } from "./check-model.ts";
import type { ComposeProject } from "./compose.ts";
import { describeFileError } from "./errors.ts";
import { type PlannedImages, planImages } from "./images.ts";
import { type Lease, labelsOf } from "./lease.ts";
import { type ComposeModel, readProjectModel } from "./model.ts";
import { composeOverlay } from "./overlay.ts";
import { reservePorts } from "./ports.ts";
import {
  type PublishedPort,
  portVariables,
  variableName,
  variableNamesIn,
  wantedPorts,
} from "./published-ports.ts";

export interface PrepareOptions {
  docker: Docker;
  lease: Lease;
  project: string;
  /** The environment's own folder, where the overlay goes. */
  folder: string;
  composeFiles: readonly string[];
  projectDirectory: string;
  composeProfiles: readonly string[];
  services: readonly string[];
  variables: Readonly<Record<string, string>>;
  isIsolated: boolean;
  signal: AbortSignal;
  onWarning: (message: string) => void;
}

/** Everything known before the first container: the model, the ports, the images' names, and the files Compose is given. */
export interface PreparedProject {
  model: ComposeModel;
  ports: readonly PublishedPort[];
  images: PlannedImages;
  project: ComposeProject;
}

export async function prepareProject(options: PrepareOptions): Promise<PreparedProject> {
  const early = await reserveNamed(options);
  const base: ComposeProject = {
    name: options.project,
    files: options.composeFiles,
    projectDirectory: options.projectDirectory,
    profiles: options.composeProfiles,
    variables: { ...early.variables, ...options.variables },
    leaseId: options.lease.id,
  };
  const model = await readProjectModel(base, options);
  requireEphemeral(model);
  const [ports, images] = await Promise.all([
    reserveRest(model, early.ports, options),
    planImages(options.docker, model),
  ]);
  const overlay = composeOverlay(model, {
    project: options.project,
    labels: labelsOf(options.lease),
    ports,
    images: images.tags,
    isIsolated: options.isIsolated,
  });
  for (const warning of overlay.warnings) options.onWarning(warning);
  const path = join(options.folder, "overlay.yaml");
  await writeFile(path, overlay.text).catch((error) => {
    throw describeFileError(error, path);
  });
  const variables = { ...early.variables, ...portVariables(ports), ...options.variables };
  return { model, ports, images, project: { ...base, files: [...base.files, path], variables } };
}

interface EarlyPorts {
  /** First host port by the name in the variable, as `EDGE` in `GAUNTLET_URL_EDGE`. */
  ports: ReadonlyMap<string, number>;
  variables: Record<string, string>;
}

/** Files that ask for `GAUNTLET_URL_X` need the answer before Compose can read them: one port for each name. */
async function reserveNamed(options: PrepareOptions): Promise<EarlyPorts> {
  const names = await variableNamesIn(options.composeFiles);
  const firsts = await reserve(
    names.map(() => 1),
    options,
  );
  const ports = new Map(names.map((name, index) => [name, firsts[index] ?? 0]));
  const variables = Object.fromEntries(
    [...ports].flatMap(([name, port]) => [
      [`GAUNTLET_PORT_${name}`, String(port)],
      [`GAUNTLET_URL_${name}`, `http://127.0.0.1:${port}`],
    ]),
  );
  return { ports, variables };
}

async function reserveRest(
  model: ComposeModel,
  early: EarlyPorts["ports"],
  options: PrepareOptions,
): Promise<PublishedPort[]> {
  const spare = new Map(early);
  const wanted = wantedPorts(model).map((port) => {
    const name = variableName(port.service);
    const reserved = port.protocol === "tcp" && port.count === 1 ? spare.get(name) : undefined;
    if (port.protocol === "tcp") spare.delete(name);
    return { ...port, reserved };
  });
  const missing = wanted.filter((port) => port.reserved === undefined);
  const firsts = await reserve(
    missing.map((port) => port.count),
    options,
  );
  return wanted.map(({ reserved, ...port }) => ({ ...port, port: reserved ?? firsts.shift() ?? 0 }));
}

function reserve(sizes: readonly number[], { lease, signal }: PrepareOptions): Promise<number[]> {
  // Spread by id, so that environments started together rarely look at the same ports.
  const digest = createHash("sha256").update(lease.environment).digest();
  return reservePorts(sizes, lease, { startAt: 20_000 + (digest.readUInt16BE(0) % 9_000), signal });
}
