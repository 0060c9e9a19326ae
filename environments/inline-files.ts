import type Docker from "dockerode";
import { callEngine } from "./engine.ts";
import type { ComposeFileReference, ComposeModel } from "./model.ts";
import { type TarFile, tarOf } from "./tar.ts";

/**
 * Secrets and configs that exist as a variable or as text only: Compose copies them into a container just before it starts
 * it, so whoever starts containers himself has to do the same. Files are mounted when the container is made.
 */
export function inlineFilesOf(
  model: ComposeModel,
  service: string,
  environment: Readonly<Record<string, string | undefined>>,
): TarFile[] {
  const definition = model.services[service];
  const secrets = (definition?.secrets ?? []).flatMap((reference) =>
    fileOf(reference, model.secrets[reference.source], `/run/secrets/${reference.source}`, environment),
  );
  const configs = (definition?.configs ?? []).flatMap((reference) =>
    fileOf(reference, model.configs[reference.source], `/${reference.source}`, environment),
  );
  return [...secrets, ...configs];
}

export async function copyInlineFiles(
  docker: Docker,
  container: string,
  files: readonly TarFile[],
): Promise<void> {
  if (files.length === 0) return;
  await callEngine(`copy secrets and configs into ${container}`, () =>
    docker.getContainer(container).putArchive(tarOf(files), { path: "/" }),
  );
}

function fileOf(
  reference: ComposeFileReference,
  source: { environment?: string | undefined; content?: string | undefined } | undefined,
  fallback: string,
  environment: Readonly<Record<string, string | undefined>>,
): TarFile[] {
  const content =
    source?.environment === undefined ? source?.content : (environment[source.environment] ?? "");
  if (content === undefined) return [];
  const target = reference.target ?? fallback;
  return [
    {
      path: target.startsWith("/") ? target : `/run/secrets/${target}`,
      content: Buffer.from(content),
      mode: modeOf(reference.mode),
      uid: Number(reference.uid ?? 0) || 0,
      gid: Number(reference.gid ?? 0) || 0,
    },
  ];
}

/** A number as Compose prints it is decimal; text is octal as people write it. */
function modeOf(mode: number | string | undefined): number {
  if (mode === undefined) return 0o444;
  return typeof mode === "number" ? mode : Number.parseInt(mode.replace(/^0o?/, ""), 8) || 0o444;
}
