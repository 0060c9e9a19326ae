import { type Lease, newLease } from "./lease.ts";

/**
 * `process`: removed when this process ends, however it ends. A term: outlives it; `env gc` removes it after.
 * `keepForMs`: as `process`, unless `keep()` gives it that term.
 */
export type Lifetime = "process" | { ttlMs: number } | { keepForMs: number };

/** No run lasts longer. */
const longestRunMs = 7 * 24 * 3_600_000;

/** The lease as the environment's record has it. */
export function leaseFor(environment: string, lifetime: Lifetime = "process"): Lease {
  return newLease(
    environment,
    typeof lifetime === "object" && "ttlMs" in lifetime ? lifetime.ttlMs : undefined,
  );
}

/**
 * The lease as labels and port files have it. Those of containers cannot be changed later, and who has no record goes by
 * them: one that may be kept says from the start that its owner's end is not yet its own.
 */
export function labelledLease(lease: Lease, lifetime: Lifetime = "process"): Lease {
  if (typeof lifetime === "string" || !("keepForMs" in lifetime)) return lease;
  return { ...lease, expiresAtMs: Date.now() + longestRunMs + lifetime.keepForMs };
}
