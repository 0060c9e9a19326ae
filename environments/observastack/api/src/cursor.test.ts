import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { ProblemError } from "./problems.ts";
import { scopeOf } from "./stores/logs.ts";

const scope = scopeOf("acme", { query: "declined", level: "error" });
const position = [1_772_366_400_000, "0b3fd5a5-0a3e-4a70-9d1d-6d3c5b6f3a10"] as const;

test("a cursor leads back to where its page ended", () => {
  expect(decodeCursor(encodeCursor(position, scope), scope)).toEqual(position);
});

test("a moving time range keeps its cursor; another filter or tenant does not", () => {
  const cursor = encodeCursor(position, scope);
  const later = { query: "declined", level: "error", from: "2026-03-01T12:00:00Z" } as const;
  expect(decodeCursor(cursor, scopeOf("acme", later))).toEqual(position);
  for (const other of [
    scopeOf("acme", { query: "declined" }),
    scopeOf("globex", { query: "declined", level: "error" }),
  ])
    expect(() => decodeCursor(cursor, other)).toThrow(ProblemError);
});

test("whatever else is sent as a cursor is a 400 problem", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.json().map((text) => btoa(encodeURI(text))),
      ),
      (cursor) => {
        expect(() => decodeCursor(cursor, scope)).toThrow(expect.objectContaining({ status: 400 }));
      },
    ),
  );
});
