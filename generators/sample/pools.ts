import { createRequire } from "node:module";
import { randomStream } from "#core/random";

/** The words one tenant's requests draw from. No value stands in two tenants' pools. */
export interface Pool {
  company: string;
  names: string[];
  addresses: string[];
  agents: string[];
  terms: string[];
  files: string[];
}

/**
 * Fills one pool per tenant. faker is used here and nowhere else, once per run: it is slow per record, and its
 * values belong to its version, not only to the seed.
 */
export function fillPools(seed: number, anchor: string, tenants: readonly string[]): Map<string, Pool> {
  // Loaded on first use: it costs 40 ms, and the room's face is imported by every command.
  const { faker } = createRequire(import.meta.url)(
    "@faker-js/faker/locale/en",
  ) as typeof import("@faker-js/faker/locale/en");
  const taken = new Set<string>();
  const pools = new Map<string, Pool>();
  for (const tenant of tenants) {
    faker.seed(randomStream(seed, tenant, "pool").uint32());
    faker.setDefaultRefDate(anchor);
    const fill = (length: number, make: () => string) =>
      Array.from({ length }, () => drawUntaken(make, taken));
    const [company = tenant] = fill(1, () => faker.company.name());
    pools.set(tenant, {
      company,
      names: fill(8, () => faker.person.fullName()),
      addresses: fill(24, () => faker.internet.ipv4()),
      agents: Array.from({ length: 12 }, () => faker.internet.userAgent()),
      // A number makes it one token that no message template holds, so a search for it finds this tenant's only.
      terms: fill(40, () => `${word(faker.word.noun())}${faker.number.int({ min: 100, max: 999 })}`),
      files: fill(
        20,
        () =>
          `${word(faker.word.adjective())}-${word(faker.word.noun())}-${faker.number.int({ min: 1000, max: 9999 })}.csv`,
      ),
    });
  }
  return pools;
}

function drawUntaken(make: () => string, taken: Set<string>): string {
  for (;;) {
    const value = make();
    if (taken.has(value)) continue;
    taken.add(value);
    return value;
  }
}

function word(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, "");
}
