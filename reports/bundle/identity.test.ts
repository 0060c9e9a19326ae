import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, fingerprintOf, posixFile, requirementsOf, testId, titleText } from "../index.ts";

describe("a test's id @req:A10", () => {
  const identity = { suite: "api", file: "a.test.ts", title: ["login", "works"] };

  it("stays when a requirement is claimed or parameters are listed in another order", () => {
    expect(testId({ ...identity, title: ["login @req:G3", "works  @req:B1"] })).toBe(testId(identity));
    expect(testId({ ...identity, params: { a: "1", b: "2" } })).toBe(
      testId({ ...identity, params: { b: "2", a: "1" } }),
    );
    expect(testId(identity)).toMatchInlineSnapshot(`"2a5e0d30fa52a930"`);
  });

  it("changes with suite, file, title and parameters", () => {
    const ids = [
      identity,
      { ...identity, suite: "e2e" },
      { ...identity, file: "b.test.ts" },
      { ...identity, title: ["login works"] },
      { ...identity, params: { project: "mobile" } },
    ].map(testId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it("reads requirements and titles", () => {
  expect(requirementsOf(["a @req:G12 @req:g3", "b @req:A1 @req:G12"])).toEqual(["A1", "G3", "G12"]);
  expect(requirementsOf(["a@req:", "req:A1"])).toEqual([]);
  expect(titleText(["@req:A1", "login  @req:G3", "works"])).toBe("login > works");
});

it("names files relative to the project with forward slashes", () => {
  expect(posixFile("/p/suites/a.ts", "/p")).toBe("suites/a.ts");
  expect(posixFile("./a\\b.ts", "/p")).toBe("a/b.ts");
});

describe("the fingerprint of an error @req:A10", () => {
  it("is equal for one cause, whatever its numbers, places and times", () => {
    const at = (root: string, line: number) =>
      `Error: x\n    at login (${root}/suites/login.ts:${line}:3)\n    at run (node:internal/x:1:1)`;
    expect(
      fingerprintOf(
        "GET http://127.0.0.1:20123/api/x gave 503 after 31 ms at 2026-01-01T10:00:00Z, id 3f2b9c1a-1111-4222-8333-444455556666",
        at("/home/a", 3),
      ),
    ).toBe(
      fingerprintOf(
        "GET http://127.0.0.1:29999/api/y gave 500 after 4 ms at 2026-02-03T11:12:13.5+01:00, id aaaabbbb-1111-4222-8333-444455556666",
        at("/srv/b/c", 99),
      ),
    );
  });

  it("differs for another message or another place", () => {
    const all = [
      fingerprintOf("expected true"),
      fingerprintOf("expected false"),
      fingerprintOf("expected true", "Error\n    at login (/p/login.ts:1:2)"),
      fingerprintOf("expected true", "Error\n    at logout (/p/login.ts:1:2)"),
    ];
    expect(new Set(all).size).toBe(4);
  });
});

describe("canonical JSON @req:A5", () => {
  it("is the same whatever the order of keys, and a fixed point", () => {
    const shuffle = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(shuffle)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toReversed()
                .map(([key, item]) => [key, shuffle(item)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(shuffle(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it("has six digits, sorted keys, no undefined and a final newline", () => {
    expect(canonicalJson({ b: 1 / 3, a: [-0, 1234567.8], c: undefined, ä: null })).toBe(
      '{\n  "a": [\n    0,\n    1234570\n  ],\n  "b": 0.333333,\n  "ä": null\n}\n',
    );
    expect(() => canonicalJson([Number.NaN])).toThrow(/NaN/);
    expect(() => canonicalJson(() => 1)).toThrow(/function/);
  });
});
