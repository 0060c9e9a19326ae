import fc from "fast-check";
import { expect, it } from "vitest";
import { compareDigests, type Digest, settleDigest } from "./digest.ts";

const digest = (entries: Record<string, string>): Digest => ({ v: 1, engine: "files", entries });
const entries = fc.dictionary(fc.string({ maxLength: 4 }), fc.constantFrom("1", "2", "3"), { maxKeys: 8 });

it("names exactly what differs @req:E8", () => {
  const expected = digest({ "file a": "1", "file b": "2", "file c": "3" });
  expect(compareDigests(expected, digest({ "file a": "1", "file b": "9", "file d": "4" }))).toEqual({
    differences: [
      { name: "file b", kind: "different", expected: "2", found: "9" },
      { name: "file c", kind: "missing", expected: "3" },
      { name: "file d", kind: "extra", found: "4" },
    ],
    equal: 1,
    unsettled: [],
  });
});

it("is silent on equals and finds every difference, for any content @req:E8", () => {
  fc.assert(
    fc.property(entries, entries, (left, right) => {
      expect(compareDigests(digest(left), digest(left)).differences).toEqual([]);
      const { differences, equal } = compareDigests(digest(left), digest(right));
      const names = new Set([...Object.keys(left), ...Object.keys(right)]);
      const differing = [...names].filter(
        (name) => !(Object.hasOwn(left, name) && Object.hasOwn(right, name) && left[name] === right[name]),
      );
      expect(differences.map(({ name }) => name).sort()).toEqual(differing.sort());
      expect(equal + differences.length).toBe(names.size);
    }),
  );
});

it("does not demand what changed during the capture, and says so", () => {
  const settled = settleDigest(digest({ a: "1", b: "1", c: "1" }), digest({ a: "1", b: "2", d: "4" }));
  expect(settled.entries).toEqual({
    a: "1",
    b: { before: "1", after: "2" },
    c: { before: "1", after: null },
    d: { before: null, after: "4" },
  });
  const { differences, equal, unsettled } = compareDigests(settled, digest({ a: "1", b: "7" }));
  expect({ differences, equal, unsettled }).toEqual({
    differences: [],
    equal: 1,
    unsettled: ["b", "c", "d"],
  });
  expect(settleDigest(settled, digest({ a: "1", b: "2", d: "4" })).entries["b"]).toEqual({
    before: "2",
    after: "2",
  });
});
