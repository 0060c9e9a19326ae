import { createHash } from "node:crypto";
import type { EngineFacts } from "./engine.ts";
import type { ComposeModel } from "./model.ts";

export interface FingerprintInput {
  model: ComposeModel;
  /** Image id by service. */
  imageIds: Readonly<Record<string, string>>;
  engine: EngineFacts;
  /** Given for interpolation by the caller; names and values count. */
  variables: Readonly<Record<string, string>>;
  /** What differs from run to run (ports, ids, folders), with the word that stands for it. */
  volatile: ReadonlyMap<string, string>;
}

const salt = "gauntlet-fingerprint-1";

/** sha256 over what an environment is made of. Two runs of the same thing on the same kind of machine have the same. */
export function fingerprintOf(input: FingerprintInput): string {
  const services = Object.entries(input.model.services).map(([name, service]) => {
    const { ports, container_name: _name, image: _image, labels, ...rest } = service;
    const targets = ports.map(({ target, protocol }) => `${target}/${protocol}`);
    const text = neutral(canonicalJson({ ...rest, labels, ports: targets }), input.volatile);
    return [name, sha256(text), input.imageIds[name] ?? ""];
  });
  const variables = Object.entries(input.variables).map(([name, value]) =>
    sha256(`${salt}\0${name}\0${neutral(value, input.volatile)}`),
  );
  const { version, cpuModel, cpuCount } = input.engine;
  return sha256(
    canonicalJson({
      services: services.sort(),
      variables: variables.sort(),
      engine: { version, cpuModel, cpuCount },
    }),
  );
}

/** Keys sorted at every depth. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function neutral(text: string, volatile: ReadonlyMap<string, string>): string {
  const longestFirst = [...volatile].sort(([a], [b]) => b.length - a.length);
  return longestFirst.reduce((result, [value, word]) => result.replaceAll(value, word), text);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
