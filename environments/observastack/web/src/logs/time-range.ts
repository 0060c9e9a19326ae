export const PRESETS = {
  "15m": { label: "Last 15 minutes", minutes: 15 },
  "1h": { label: "Last hour", minutes: 60 },
  "6h": { label: "Last 6 hours", minutes: 6 * 60 },
  "24h": { label: "Last 24 hours", minutes: 24 * 60 },
  "7d": { label: "Last 7 days", minutes: 7 * 24 * 60 },
  "30d": { label: "Last 30 days", minutes: 30 * 24 * 60 },
} as const;

export type Preset = keyof typeof PRESETS;

/** `between` holds ISO instants in UTC; an open end is null. */
export type TimeRange =
  | { readonly kind: "all" }
  | { readonly kind: "last"; readonly preset: Preset }
  | { readonly kind: "between"; readonly from: string | null; readonly to: string | null };

export const ALL_TIME: TimeRange = { kind: "all" };

export function isPreset(value: string): value is Preset {
  return Object.hasOwn(PRESETS, value);
}

/** The instants to ask the API for; presets count back from `now`. */
export function rangeBounds(range: TimeRange, now: number): { from: string | null; to: string | null } {
  if (range.kind === "between") return { from: range.from, to: range.to };
  if (range.kind === "all") return { from: null, to: null };
  return { from: new Date(now - PRESETS[range.preset].minutes * 60_000).toISOString(), to: null };
}

/** An ISO instant as the local wall-clock value of a datetime-local input, and back. */
export function toLocalInput(iso: string | null): string {
  if (!iso) return "";
  const date = new Date(iso);
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function fromLocalInput(value: string): string | null {
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
