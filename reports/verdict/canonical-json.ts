/**
 * The one spelling of a value: keys sorted by code unit, numbers to six significant digits, two spaces, a final
 * newline. Equal values give equal bytes on every machine. Throws TypeError for what JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(canonical(value), null, 2)}\n`;
}

function canonical(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return sixDigits(value);
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === "object") return sortedObject(value);
  throw new TypeError(`cannot write a ${typeof value} as JSON`);
}

/** Built from entries, so that keys such as `__proto__` are kept as keys. Integer-like keys come first in any JSON text. */
function sortedObject(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item)]),
  );
}

function sixDigits(value: number): number {
  if (!Number.isFinite(value)) throw new TypeError(`cannot write ${value} as JSON`);
  return Number(value.toPrecision(6)) + 0;
}
