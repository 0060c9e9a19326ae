import { UsageError } from "#core/errors";
import type { ComposeModel } from "./model.ts";

/** Refuses what an environment that belongs to one run only cannot have. Throws one UsageError that names everything. */
export function requireEphemeral(model: ComposeModel): void {
  const external = [
    ...externalsIn("network", model.networks),
    ...externalsIn("volume", model.volumes),
    ...externalsIn("secret", model.secrets),
    ...externalsIn("config", model.configs),
  ];
  if (external.length === 0) return;
  throw new UsageError(`the Compose file uses what exists outside of it: ${external.join(", ")}`, {
    code: "EXTERNAL_RESOURCE",
    hint: "an environment is made fresh for each run: override `external: true` in a second Compose file for tests",
  });
}

function externalsIn(
  kind: string,
  entries: Readonly<Record<string, { external?: boolean; name?: string | undefined } | null>>,
): string[] {
  return Object.entries(entries).flatMap(([key, entry]) =>
    entry?.external ? [`${kind} "${entry.name ?? key}"`] : [],
  );
}
