import { expect, test } from "vitest";
import { ApiError, errorFromResponse, isAbort, toApiError } from "./api-error.ts";

function failed(status: number, headers: Record<string, string> = {}, body = "") {
  return errorFromResponse({ status, header: (name) => headers[name] ?? null, body });
}

test.each([
  [400, "invalid"],
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not-found"],
  [413, "too-large"],
  [422, "invalid"],
  [429, "rate-limited"],
  [500, "server"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
  [302, "malformed"],
])("status %i is shown as %s", (status, kind) => {
  expect(failed(status)).toMatchObject({ kind, status });
});

test("a problem document gives its detail, the request id and the time to wait", () => {
  const error = failed(
    429,
    { "content-type": "application/problem+json; charset=utf-8", "x-request-id": "r1", "retry-after": "7" },
    JSON.stringify({ type: "about:blank", title: "Too Many Requests", detail: "60 per minute" }),
  );
  expect(error).toMatchObject({ detail: "60 per minute", requestId: "r1", retryAfterSeconds: 7 });
});

test("without a detail the title is quoted, and non-strings never are", () => {
  const json = { "content-type": "application/problem+json" };
  expect(failed(400, json, '{"title":"Bad Request"}').detail).toBe("Bad Request");
  expect(failed(400, json, '{"title":3,"detail":{"a":1}}').detail).toBeNull();
});

test("a proxy's HTML page and broken JSON are not quoted", () => {
  expect(failed(502, { "content-type": "text/html" }, "<h1>Bad Gateway</h1>").detail).toBeNull();
  expect(failed(500, { "content-type": "application/problem+json" }, "{").detail).toBeNull();
  expect(failed(500, { "content-type": "application/json" }, "null").detail).toBeNull();
});

test("each kind has its own sentence", () => {
  expect(new ApiError({ kind: "forbidden" }).message).not.toBe(new ApiError({ kind: "not-found" }).message);
  expect(new ApiError({ kind: "too-large" }).message).toContain("50 MB");
});

test("anything thrown becomes an ApiError once", () => {
  const cause = new TypeError("Failed to fetch");
  expect(toApiError(cause)).toMatchObject({ kind: "network", cause });
  const own = new ApiError({ kind: "server" });
  expect(toApiError(own)).toBe(own);
});

test("only an abort counts as an abort", () => {
  expect(isAbort(new DOMException("gone", "AbortError"))).toBe(true);
  expect(isAbort(new DOMException("slow", "TimeoutError"))).toBe(false);
  expect(isAbort(new Error("AbortError"))).toBe(false);
});
