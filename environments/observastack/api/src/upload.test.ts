import fc from "fast-check";
import { expect, test } from "vitest";
import { contentDisposition, safeName, safeType } from "./upload.ts";

test.each([
  ["report.pdf", "report.pdf"],
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\me\\notes.txt", "notes.txt"],
  ["line\r\nbreak\0.txt", "linebreak.txt"],
  ["a %22quoted%22 name", 'a "quoted" name'],
  ["..", ".."],
  ["", "unnamed"],
  [undefined, "unnamed"],
])("the name %j is kept as %j", (given, kept) => {
  expect(safeName(given)).toBe(kept);
});

test.each([
  ["Text/HTML", "text/html"],
  ["image/svg+xml", "image/svg+xml"],
  ["text/plain\r\nx-evil: 1", "application/octet-stream"],
  ["nonsense", "application/octet-stream"],
  [undefined, "application/octet-stream"],
])("the media type %j is kept as %j", (given, kept) => {
  expect(safeType(given)).toBe(kept);
});

test("whatever a file is called, its name can stand in a header and comes back out of it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (given) => {
      const name = safeName(given);
      const header = contentDisposition(name);
      expect(header).toMatch(/^[\x20-\x7e]+$/);
      expect(decodeURIComponent(header.split("filename*=UTF-8''")[1] ?? "")).toBe(name);
      expect([...name].length).toBeLessThanOrEqual(255);
    }),
  );
});
