/**
 * Planted defects: faults kept in the code on purpose, off unless named, so that the checkers have something to find.
 * `../../defects.yaml` says what each does; a test keeps that file and this list the same.
 */
export const defectIds = [
  "web-search-ignores-submit",
  "api-search-ignores-level",
  "api-search-total-as-string",
  "api-search-slow",
  "api-tenant-leak-search",
  "gateway-auth-bypass",
  "api-slow-recovery",
  "database-missing-unique",
  "api-delete-leaves-object",
  "api-files-on-local-disk",
] as const;

export type DefectId = (typeof defectIds)[number];

export interface Defects {
  readonly planted: readonly DefectId[];
  isPlanted(id: DefectId): boolean;
}

export const noDefects: Defects = { planted: [], isPlanted: () => false };

/** Parses `OBSERVASTACK_DEFECTS`: ids between commas. An unknown id throws, since a typo would look like a blind checker. */
export function parseDefects(text: string | undefined): Defects {
  const ids = (text ?? "")
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
  const unknown = ids.filter((id) => !isDefectId(id));
  if (unknown.length > 0)
    throw new Error(
      `OBSERVASTACK_DEFECTS: unknown ${unknown.map((id) => `"${id}"`).join(", ")}; known: ${defectIds.join(", ")}`,
    );
  const planted = new Set(ids.filter(isDefectId));
  return { planted: [...planted].sort(), isPlanted: (id) => planted.has(id) };
}

function isDefectId(id: string): id is DefectId {
  return (defectIds as readonly string[]).includes(id);
}
