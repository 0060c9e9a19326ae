import type { Pool } from "./pools.ts";
import type { Person, Role } from "./sample.ts";

export const roles: readonly Role[] = ["viewer", "editor", "operator", "admin"];

/** One person per role; the username is the role, so that a suite can log in without a lookup. */
export function makePeople(tenant: string, pool: Pool): Person[] {
  return roles.map((role, index) => ({
    tenant,
    username: role,
    displayName: pool.names[index] as string,
    email: `${role}@${tenant}.example`,
    roles: [role],
  }));
}
