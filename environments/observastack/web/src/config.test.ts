import { expect, test, vi } from "vitest";
import { loadConfig, parseConfig } from "./config.ts";

test("the listed defects are planted", () => {
  expect(parseConfig({ defects: ["web-search-ignores-submit", 3] }).defects).toEqual(
    new Set(["web-search-ignores-submit"]),
  );
  expect(() => parseConfig({})).toThrow(TypeError);
});

test("without a readable config.json none is planted, and the console says so", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const answers = [new Response("<!doctype html>"), new Response("", { status: 404 })];
  for (const answer of answers) {
    expect((await loadConfig(async () => answer)).defects.size).toBe(0);
  }
  expect(warn).toHaveBeenCalledTimes(2);
  warn.mockRestore();
});
