import { randomBytes } from "node:crypto";
import { formatOwner, type Owner, ownerState, parseOwner, thisOwner } from "./owner.ts";

/** Why an environment may exist: as long as its owner lives, or until a moment. */
export interface Lease {
  environment: string;
  /** Random; marks this incarnation's processes (`GAUNTLET_LEASE`) and resources. */
  id: string;
  owner: Owner;
  /** Milliseconds since the Unix epoch; undefined: until the owner ends. */
  expiresAtMs: number | undefined;
}

export type LeaseState = "held" | "ended" | "elsewhere";

export const environmentLabel = "dev.gauntlet.environment";
export const leaseLabel = "dev.gauntlet.lease";
const ownerLabel = "dev.gauntlet.owner";
const expiresLabel = "dev.gauntlet.expires";
const withOwner = "with-owner";

export function newLease(environment: string, ttlMs?: number): Lease {
  return {
    environment,
    id: randomBytes(8).toString("hex"),
    owner: thisOwner(),
    expiresAtMs: ttlMs === undefined ? undefined : Date.now() + ttlMs,
  };
}

/** A lease with a term is judged by the clock alone, any other by its owner. */
export function leaseState(lease: Lease, nowMs = Date.now()): LeaseState {
  if (lease.expiresAtMs !== undefined) return nowMs < lease.expiresAtMs ? "held" : "ended";
  const owner = ownerState(lease.owner);
  return owner === "alive" ? "held" : owner === "dead" ? "ended" : "elsewhere";
}

export function labelsOf(lease: Lease): Record<string, string> {
  return {
    [environmentLabel]: lease.environment,
    [leaseLabel]: lease.id,
    [ownerLabel]: formatOwner(lease.owner),
    [expiresLabel]: lease.expiresAtMs === undefined ? withOwner : new Date(lease.expiresAtMs).toISOString(),
  };
}

/** Undefined when the labels are not ours or are damaged. */
export function leaseOfLabels(
  labels: Readonly<Record<string, string>> | null | undefined,
): Lease | undefined {
  const environment = labels?.[environmentLabel];
  const id = labels?.[leaseLabel];
  const owner = parseOwner(labels?.[ownerLabel] ?? "");
  const expires = labels?.[expiresLabel];
  if (!environment || !id || !owner || !expires) return undefined;
  const expiresAtMs = expires === withOwner ? undefined : Date.parse(expires);
  return Number.isNaN(expiresAtMs) ? undefined : { environment, id, owner, expiresAtMs };
}
