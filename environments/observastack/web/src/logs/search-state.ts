import { isLevel, type Level } from "../api/shapes.ts";
import { ALL_TIME, isPreset, rangeBounds, type TimeRange } from "./time-range.ts";

export const PAGE_SIZE = 50;

/** One search, whole: what the address bar holds and what the API is asked. */
export interface SearchState {
  readonly query: string;
  readonly level: Level | null;
  readonly service: string | null;
  readonly traceId: string | null;
  readonly range: TimeRange;
  readonly cursor: string | null;
  readonly page: number;
  /** The instant a preset range counts back from on later pages: a cursor holds only for the bounds it was made for. */
  readonly anchor: string | null;
}

export const EMPTY_SEARCH: SearchState = {
  query: "",
  level: null,
  service: null,
  traceId: null,
  range: ALL_TIME,
  cursor: null,
  page: 1,
  anchor: null,
};

/** Never throws: a part of the address that makes no sense counts as absent. */
export function parseSearchState(search: string): SearchState {
  const params = new URLSearchParams(search);
  const level = params.get("level");
  const cursor = params.get("cursor") || null;
  const range = parseRange(params);
  const page = Number.parseInt(params.get("page") ?? "", 10);
  return {
    query: params.get("q")?.trim() ?? "",
    level: isLevel(level) ? level : null,
    service: params.get("service")?.trim() || null,
    traceId: params.get("trace")?.trim() || null,
    range,
    cursor,
    page: cursor && page > 1 ? page : cursor ? 2 : 1,
    anchor: cursor && range.kind === "last" ? instant(params.get("at")) : null,
  };
}

/** The shortest query string that parses back to `state`; empty for the empty search. */
export function formatSearchState(state: SearchState): string {
  const params = new URLSearchParams();
  if (state.query) params.set("q", state.query);
  if (state.level) params.set("level", state.level);
  if (state.service) params.set("service", state.service);
  if (state.traceId) params.set("trace", state.traceId);
  if (state.range.kind === "last") params.set("range", state.range.preset);
  if (state.range.kind === "between") {
    if (state.range.from) params.set("from", state.range.from);
    if (state.range.to) params.set("to", state.range.to);
  }
  if (state.cursor) {
    params.set("cursor", state.cursor);
    params.set("page", String(state.page));
    if (state.anchor && state.range.kind === "last") params.set("at", state.anchor);
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** A change of any filter starts again at the first page. */
export function refine(state: SearchState, change: Partial<SearchState>): SearchState {
  return { ...state, cursor: null, page: 1, anchor: null, ...change };
}

export function toApiQuery(state: SearchState, now: number): Record<string, string | number | null> {
  return {
    query: state.query,
    level: state.level,
    service: state.service,
    traceId: state.traceId,
    ...rangeBounds(state.range, state.anchor ? Date.parse(state.anchor) : now),
    limit: PAGE_SIZE,
    cursor: state.cursor,
  };
}

function parseRange(params: URLSearchParams): TimeRange {
  const preset = params.get("range") ?? "";
  if (isPreset(preset)) return { kind: "last", preset };
  const from = instant(params.get("from"));
  const to = instant(params.get("to"));
  return from || to ? { kind: "between", from, to } : ALL_TIME;
}

function instant(value: string | null): string | null {
  const time = Date.parse(value ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
