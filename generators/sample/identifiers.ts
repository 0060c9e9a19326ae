import { type Random, randomStream } from "#core/random";

/** The marker of a tenant: the same for one seed whatever the anchor, never that of another tenant. */
export function canaryOf(seed: number, tenant: string): string {
  // One token for any word search: parts of a marker would be found in the other tenants' too.
  return `canary${tenant.replaceAll("-", "")}${hex(randomStream(seed, tenant, "canary"), 2)}`;
}

/** Ids of one request: the only values that depend on the anchor, so two hours of one seed never share a trace. */
export function requestIdentifiers(
  seed: number,
  anchor: string,
  tenant: string,
  request: number,
): { traceId: string; nextSpanId: () => string } {
  const random = randomStream(seed, anchor, tenant, "identifiers", request);
  return { traceId: hex(random, 4), nextSpanId: () => hex(random, 2) };
}

function hex(random: Random, words: number): string {
  return Array.from({ length: words }, () => random.uint32().toString(16).padStart(8, "0")).join("");
}
