import * as fc from "fast-check";
import { expect, test } from "vitest";
import { highlight } from "./highlight.ts";

const marked = (text: string, query: string) =>
  highlight(text, query)
    .filter((part) => part.isMatch)
    .map((part) => part.text);

test("words of the query are found whatever their case, the longest first", () => {
  expect(marked("Timeout after a TIMEOUT-retry", "timeout timeout-retry")).toEqual([
    "Timeout",
    "TIMEOUT-retry",
  ]);
});

test("single letters and punctuation mark nothing", () => {
  expect(marked("a (b) c", "a ( .*")).toEqual([]);
  expect(highlight("text", "")).toEqual([{ text: "text", isMatch: false }]);
});

test("no query loses or changes a character of the message", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (text, query) => {
      expect(
        highlight(text, query)
          .map((part) => part.text)
          .join(""),
      ).toBe(text);
    }),
  );
});
