import { access } from "node:fs/promises";
import { z } from "zod";
import { CommandError } from "#core/command";
import { GauntletError, UsageError } from "#core/errors";
import { type ComposeProject, composeMessage, runCompose } from "./compose.ts";
import { noEngine } from "./engine.ts";
import { EnvironmentError } from "./errors.ts";

const dependencySchema = z.looseObject({
  condition: z.string().default("service_started"),
  required: z.boolean().default(true),
});

const portSchema = z.looseObject({
  target: z.coerce.number().int(),
  published: z.coerce.string().optional(),
  protocol: z.string().default("tcp"),
});

const mountSchema = z.looseObject({
  type: z.string(),
  source: z.string().optional(),
  target: z.string().optional(),
});

const fileReferenceSchema = z.looseObject({
  source: z.string(),
  target: z.string().optional(),
  uid: z.coerce.string().optional(),
  gid: z.coerce.string().optional(),
  mode: z.union([z.number(), z.string()]).optional(),
});

const buildSchema = z.looseObject({
  context: z.string(),
  dockerfile: z.string().optional(),
  dockerfile_inline: z.string().optional(),
  target: z.string().optional(),
  args: z.record(z.string(), z.string().nullable()).optional(),
  additional_contexts: z.record(z.string(), z.string()).optional(),
});

const networkAttachmentSchema = z.looseObject({
  ipv4_address: z.string().optional(),
  ipv6_address: z.string().optional(),
});

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  build: buildSchema.optional(),
  container_name: z.string().optional(),
  restart: z.string().optional(),
  depends_on: z.record(z.string(), dependencySchema).default({}),
  ports: z.array(portSchema).default([]),
  networks: z.record(z.string(), networkAttachmentSchema.nullable()).default({}),
  network_mode: z.string().optional(),
  volumes: z.array(mountSchema).default([]),
  secrets: z.array(fileReferenceSchema).default([]),
  configs: z.array(fileReferenceSchema).default([]),
  healthcheck: z
    .looseObject({ disable: z.boolean().optional(), test: z.array(z.string()).optional() })
    .optional(),
  deploy: z.looseObject({ replicas: z.coerce.number().int().optional() }).optional(),
  scale: z.coerce.number().int().optional(),
  pull_policy: z.string().optional(),
  labels: z.record(z.string(), z.string().nullable()).optional(),
});

const namedSchema = z.looseObject({
  name: z.string().optional(),
  external: z.boolean().default(false),
});

const networkSchema = namedSchema.extend({
  ipam: z
    .looseObject({ config: z.array(z.looseObject({ subnet: z.string().optional() })).optional() })
    .optional(),
});

const fileSourceSchema = namedSchema.extend({
  file: z.string().optional(),
  environment: z.string().optional(),
  content: z.string().optional(),
});

const modelSchema = z.looseObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), networkSchema.nullable()).default({}),
  volumes: z.record(z.string(), namedSchema.nullable()).default({}),
  secrets: z.record(z.string(), fileSourceSchema).default({}),
  configs: z.record(z.string(), fileSourceSchema).default({}),
});

/** The Compose file as Compose itself understands it: merged, interpolated, defaults applied; only what is used is typed. */
export type ComposeModel = z.infer<typeof modelSchema>;
export type ComposeService = z.infer<typeof serviceSchema>;
export type ComposeBuild = z.infer<typeof buildSchema>;
export type ComposeFileReference = z.infer<typeof fileReferenceSchema>;

export interface ReadModelOptions {
  /** Default: the folder of the first file, as Compose does. */
  projectDirectory?: string;
  projectName?: string;
  composeProfiles?: readonly string[];
  /** Only these and what they depend on. */
  services?: readonly string[];
  variables?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  onWarning?: (message: string) => void;
}

/** Throws UsageError for a file that is missing or broken, or a service that does not exist. */
export async function readComposeModel(
  files: readonly string[],
  options: ReadModelOptions = {},
): Promise<ComposeModel> {
  await requireFiles(files);
  const first = files[0] ?? "compose.yaml";
  return readProjectModel(
    {
      name: options.projectName ?? "gauntlet",
      files,
      projectDirectory: options.projectDirectory ?? first.slice(0, Math.max(first.lastIndexOf("/"), 1)),
      profiles: options.composeProfiles ?? [],
      variables: options.variables ?? {},
    },
    options,
  );
}

export async function readProjectModel(
  project: ComposeProject,
  options: Pick<ReadModelOptions, "services" | "signal" | "onWarning">,
): Promise<ComposeModel> {
  const services = options.services ?? [];
  try {
    const result = await runCompose(project, ["config", "--format", "json", ...services], {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      timeoutMs: 60_000,
    });
    for (const warning of warningsIn(result.stderr)) options.onWarning?.(warning);
    const model = parseModel(JSON.parse(result.stdout));
    if (Object.keys(model.services).length === 0) throw noServices(project.files);
    return model;
  } catch (error) {
    throw describeModelError(error, project.files);
  }
}

/** Throws ZodError when it is not what `docker compose config --format json` prints. */
export function parseModel(printed: unknown): ComposeModel {
  return modelSchema.parse(printed);
}

/** How many containers Compose makes for a service. */
export function replicasOf(service: ComposeService): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

export async function requireFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    await access(file).catch((cause) => {
      throw new UsageError(`there is no Compose file at ${file}`, {
        code: "COMPOSE_FILE_MISSING",
        hint: "name the file in `environment.composeFiles` of gauntlet.config.ts",
        cause,
      });
    });
  }
  if (files.length === 0) throw noServices(files);
}

function noServices(files: readonly string[]): UsageError {
  return new UsageError(`no service to start in ${files.join(", ") || "an empty list of Compose files"}`, {
    code: "COMPOSE_EMPTY",
    hint: "services may be behind a Compose profile: name it in `environment.composeProfiles`",
  });
}

function describeModelError(error: unknown, files: readonly string[]): unknown {
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    return new EnvironmentError(
      `cannot understand what \`docker compose config\` says of ${files.join(", ")}`,
      {
        code: "COMPOSE_UNREADABLE",
        hint: "run `gauntlet doctor`: Compose 2.24.4 or newer is needed",
        cause: error,
      },
    );
  }
  if (!(error instanceof CommandError)) return error;
  if (error.code !== "COMMAND_FAILED") return error instanceof GauntletError ? missingCompose(error) : error;
  const message = composeMessage(error);
  if (/is not a docker command|unknown (shorthand )?flag/.test(message)) return missingCompose(error);
  if (/Cannot connect to the Docker daemon/.test(message)) return noEngine(error);
  const unset = /required variable (\S+) is missing a value/.exec(message)?.[1];
  const unknown = /no such service: (\S+)/.exec(message)?.[1];
  return new UsageError(`${files.join(", ")}: ${message}`, {
    code: unknown ? "NO_SUCH_SERVICE" : "COMPOSE_INVALID",
    hint: unset
      ? `give ${unset} a value, in the environment or in \`environment.variables\` of gauntlet.config.ts`
      : unknown
        ? "`docker compose config --services` lists the services"
        : `mend it, then check it with \`docker compose -f ${files[0]} config --quiet\``,
    cause: error,
  });
}

function missingCompose(cause: GauntletError): EnvironmentError {
  return new EnvironmentError("`docker compose` does not work here", {
    code: "NO_COMPOSE",
    hint: "run `gauntlet doctor --install`",
    cause,
  });
}

function warningsIn(stderr: string): string[] {
  return [...stderr.matchAll(/level=warning msg="((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? "").replaceAll('\\"', '"'),
  );
}
