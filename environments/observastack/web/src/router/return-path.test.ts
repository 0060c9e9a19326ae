import { expect, test } from "vitest";
import { loginPath, returnPath } from "./return-path.ts";

test("the way back keeps the whole search", () => {
  const login = loginPath("/logs", "?q=a%26b&level=error");
  expect(returnPath(login.slice("/login".length))).toBe("/logs?q=a%26b&level=error");
});

test("the front page needs no way back", () => {
  expect(loginPath("/", "")).toBe("/login");
  expect(returnPath("")).toBe("/logs");
});

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "javascript:alert(1)",
  "/login?next=/x",
])("%s is no way back", (next) => {
  expect(returnPath(`?next=${encodeURIComponent(next)}`)).toBe("/logs");
});
