import { expect, test } from "vitest";
import { readFileRecord, readLogPage, readSession } from "./shapes.ts";

const item = {
  id: "1",
  timestamp: "2026-03-14T09:26:53.589Z",
  service: "checkout",
  level: "info",
  message: "hello",
  traceId: null,
};

test("a page of logs is read; what the API may leave out has a stand-in", () => {
  const page = readLogPage({ total: 1, items: [item], nextCursor: null });
  expect(page).toEqual({ total: 1, items: [{ ...item, attributes: {} }], nextCursor: null, tookMs: null });
});

test.each([
  ["total as a string", { total: "1", items: [], nextCursor: null }],
  ["no items", { total: 0, nextCursor: null }],
  ["an unknown level", { total: 1, items: [{ ...item, level: "loud" }], nextCursor: null }],
  ["a date that is none", { total: 1, items: [{ ...item, timestamp: "yesterday" }], nextCursor: null }],
  ["null", null],
])("%s is refused as malformed", (_, body) => {
  expect(() => readLogPage(body)).toThrow(expect.objectContaining({ kind: "malformed" }));
});

test("a session without a token, and a file with a negative size, are refused", () => {
  expect(() => readSession({ expiresAt: item.timestamp, user: {} })).toThrow();
  const file = { id: "f", originalName: "a", mimeType: "b", sha256: "c", createdAt: item.timestamp };
  expect(readFileRecord({ ...file, size: 0 }).size).toBe(0);
  expect(() => readFileRecord({ ...file, size: -1 })).toThrow();
});
