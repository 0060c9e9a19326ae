import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LEVELS } from "../api/shapes.ts";
import {
  EMPTY_SEARCH,
  formatSearchState,
  parseSearchState,
  refine,
  type SearchState,
  toApiQuery,
} from "./search-state.ts";
import { ALL_TIME, PRESETS, type Preset, type TimeRange } from "./time-range.ts";

const words = fc.string({ unit: "binary" }).map((text) => text.trim());
const someWords = words.filter((text) => text !== "");
const instant = fc
  .date({ min: new Date("1990-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const range: fc.Arbitrary<TimeRange> = fc.oneof(
  fc.constant(ALL_TIME),
  fc.constantFrom(...(Object.keys(PRESETS) as Preset[])).map((preset) => ({ kind: "last" as const, preset })),
  fc.record({ kind: fc.constant("between" as const), from: instant, to: fc.option(instant) }),
  fc.record({ kind: fc.constant("between" as const), from: fc.option(instant), to: instant }),
);
const place = fc.oneof(
  fc.constant({ cursor: null, page: 1 }),
  fc.record({ cursor: someWords, page: fc.integer({ min: 2, max: 999 }) }),
);
const state: fc.Arbitrary<SearchState> = fc
  .record({
    query: words,
    level: fc.option(fc.constantFrom(...LEVELS)),
    service: fc.option(someWords),
    traceId: fc.option(someWords),
    range,
    place,
    anchor: fc.option(instant),
  })
  .map(({ place: { cursor, page }, anchor, ...rest }) => ({
    ...rest,
    cursor,
    page,
    anchor: cursor !== null && rest.range.kind === "last" ? anchor : null,
  }));

test("every search survives the address bar", () => {
  fc.assert(
    fc.property(state, (search) => {
      expect(parseSearchState(formatSearchState(search))).toEqual(search);
    }),
  );
});

test("the empty search is an empty address, and any address parses", () => {
  expect(formatSearchState(EMPTY_SEARCH)).toBe("");
  expect(parseSearchState("")).toEqual(EMPTY_SEARCH);
  expect(parseSearchState("?level=loud&range=9y&from=soon&page=3&trace=%20&%")).toEqual(EMPTY_SEARCH);
  fc.assert(fc.property(fc.string(), (text) => parseSearchState(`?${text}`).page >= 1));
});

test("a filter's change goes back to the first page and keeps the rest", () => {
  const third = { ...EMPTY_SEARCH, query: "timeout", cursor: "c3", page: 3 };
  expect(refine(third, { level: "error" })).toEqual({ ...EMPTY_SEARCH, query: "timeout", level: "error" });
});

test("the API is asked in its own words, presets counted back from now", () => {
  const now = Date.parse("2026-03-14T10:00:00Z");
  const search = parseSearchState("?q=timeout&level=error&trace=t1&range=15m");
  expect(toApiQuery(search, now)).toEqual({
    query: "timeout",
    level: "error",
    service: null,
    traceId: "t1",
    from: "2026-03-14T09:45:00.000Z",
    to: null,
    limit: 50,
    cursor: null,
  });
});

test("later pages of a preset range keep the bounds of the first, as their cursor demands", () => {
  const address = formatSearchState({
    ...parseSearchState("?range=15m"),
    cursor: "c2",
    page: 2,
    anchor: "2026-03-14T10:00:00.000Z",
  });
  const later = Date.parse("2026-03-14T10:07:00Z");
  expect(toApiQuery(parseSearchState(address), later)["from"]).toBe("2026-03-14T09:45:00.000Z");
  expect(refine(parseSearchState(address), { query: "new" }).anchor).toBeNull();
});
