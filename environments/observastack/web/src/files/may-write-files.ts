const WRITING_ROLES: readonly string[] = ["editor", "operator", "admin"];

/** Only decides what the page offers; the API decides what is allowed. */
export function mayWriteFiles(roles: readonly string[]): boolean {
  return roles.some((role) => WRITING_ROLES.includes(role));
}
