const firstDelayMs = 250;

/** What Retry-After asks for, in seconds or as a date; without a readable one, a pause that doubles from 250 ms. */
export function retryDelayMs(attempt: number, retryAfter: string | null, nowMs: number): number {
  const asked = retryAfter?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(asked)) return Math.ceil(Number(asked) * 1000);
  const date = asked === "" ? Number.NaN : Date.parse(asked);
  return Number.isNaN(date) ? firstDelayMs * 2 ** (attempt - 1) : Math.max(0, date - nowMs);
}
