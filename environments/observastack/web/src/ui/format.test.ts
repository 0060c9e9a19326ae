import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatCount, formatInstant } from "./format.ts";

test("sizes step in 1024s", () => {
  expect([0, 912, 1024, 1_468_006, 52_428_800].map(formatBytes)).toEqual([
    "0 B",
    "912 B",
    "1.0 kB",
    "1.4 MB",
    "50 MB",
  ]);
});

test("counts are grouped and agree with their noun", () => {
  expect(formatCount(1, "result", "results")).toBe("1 result");
  expect(formatCount(1234, "result", "results")).toBe("1,234 results");
});

test("ages use the largest unit that fits", () => {
  const now = 1_000_000_000;
  expect([0, 9, 45, 180, 7200, 259_200].map((seconds) => formatAgo(now - seconds * 1000, now))).toEqual([
    "just now",
    "just now",
    "45 seconds ago",
    "3 minutes ago",
    "2 hours ago",
    "3 days ago",
  ]);
});

test("an instant keeps its milliseconds", () => {
  expect(formatInstant("2026-03-14T09:26:53.089Z").time).toMatch(/:26:53\.089$/);
});
