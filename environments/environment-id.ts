import { randomInt } from "node:crypto";
import { UsageError } from "#core/errors";

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

/** Six characters without look-alikes. */
export function newEnvironmentId(): string {
  return Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join("");
}

/** Compose's rule for project names, and short enough for container names. */
export function requireEnvironmentId(id: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,39}$/.test(id)) return id;
  throw new UsageError(`"${id}" cannot be the id of an environment`, {
    hint: "use up to 40 lower case letters, digits, dashes and underscores, beginning with a letter or digit",
  });
}

export function projectOf(id: string): string {
  return `gauntlet-${id}`;
}
