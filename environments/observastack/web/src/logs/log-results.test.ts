import { expect, test } from "vitest";
import type { LogPage } from "../api/shapes.ts";
import { type LogResults, NO_RESULTS, reduceLogResults } from "./log-results.ts";

function page(...ids: string[]): LogPage {
  const items = ids.map((id) => ({
    id,
    timestamp: "2026-03-14T09:26:53.589Z",
    service: "checkout",
    level: "info" as const,
    message: id,
    traceId: null,
    attributes: {},
  }));
  return { total: ids.length, items, nextCursor: null, tookMs: 1 };
}

function searchTwice(keepsFirstRows: boolean): LogResults {
  const first = {
    type: "answered",
    page: page("a"),
    search: "?q=a",
    askedAt: 0,
    at: 1,
    keepsFirstRows,
  } as const;
  const second = {
    type: "answered",
    page: page("b", "c"),
    search: "?q=b",
    askedAt: 1,
    at: 2,
    keepsFirstRows,
  } as const;
  return [{ type: "asked" } as const, first, { type: "asked" } as const, second].reduce(
    reduceLogResults,
    NO_RESULTS,
  );
}

test("a second search replaces the first one's rows", () => {
  const results = searchTwice(false);
  expect(results.page?.items.map((item) => item.id)).toEqual(["b", "c"]);
  expect(results).toMatchObject({ answers: "?q=b", receivedAt: 2, isLoading: false });
});

test("with web-search-ignores-submit planted the first rows stay under the second one's total", () => {
  const results = searchTwice(true);
  expect(results.page?.items.map((item) => item.id)).toEqual(["a"]);
  expect(results.page?.total).toBe(2);
});

test("while a search runs, and after it fails, the rows before stay known as the rows before", () => {
  const asked = reduceLogResults(searchTwice(false), { type: "asked" });
  expect(asked).toMatchObject({ isLoading: true, answers: "?q=b" });
  const failed = reduceLogResults(asked, { type: "failed", error: new TypeError("Failed to fetch") });
  expect(failed).toMatchObject({ isLoading: false, answers: "?q=b", error: { kind: "network" } });
  expect(failed.page?.items).toHaveLength(2);
  expect(reduceLogResults(failed, { type: "asked" }).error).toBeNull();
});
