import { expect, test } from "vitest";
import { fromLocalInput, isPreset, rangeBounds, toLocalInput } from "./time-range.ts";

test("an instant survives the local date field to the minute", () => {
  const iso = "2026-03-14T09:26:00.000Z";
  expect(fromLocalInput(toLocalInput(iso))).toBe(iso);
});

test("an empty field is no instant", () => {
  expect(toLocalInput(null)).toBe("");
  expect(fromLocalInput("")).toBeNull();
});

test("names from Object's prototype are no presets", () => {
  expect(isPreset("1h")).toBe(true);
  expect(isPreset("toString")).toBe(false);
});

test("all time has no bounds, a custom range keeps its own", () => {
  expect(rangeBounds({ kind: "all" }, 0)).toEqual({ from: null, to: null });
  expect(rangeBounds({ kind: "between", from: null, to: "2026-01-01T00:00:00.000Z" }, 0)).toEqual({
    from: null,
    to: "2026-01-01T00:00:00.000Z",
  });
});
