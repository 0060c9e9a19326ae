import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bundle, mergeBundles, outcomesOf, testErrorOf } from "../index.ts";
import { exampleBundle, exampleTest } from "../writers/example-run.ts";
import { type BundleStatus, testStatuses } from "./records.ts";

const statuses: (BundleStatus | "unreadable")[] = [
  "complete",
  "crashed",
  "timed-out",
  "cancelled",
  "unreadable",
];

const anyTest = fc
  .tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom(...testStatuses), fc.integer({ min: 1, max: 3 }))
  .map(([name, status, attempt]) => exampleTest("s", "g", name, { status, attempt }));

const anyBundle = fc
  .record({
    suite: fc.constantFrom("api", "e2e"),
    tests: fc.array(anyTest, { maxLength: 5 }),
    status: fc.constantFrom(...statuses),
    folder: fc.string(),
  })
  .map(({ suite, tests, status, folder }): Bundle => {
    const reason = status === "complete" ? {} : { reason: status };
    return { ...exampleBundle(suite, "vitest", tests), folder, status, ...reason };
  });

describe("merging bundles @req:A5", () => {
  it("does not depend on order, place or how often one is given", () => {
    fc.assert(
      fc.property(
        fc.array(anyBundle, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (bundles, picks) => {
          const again = picks.flatMap((pick) => bundles[pick % Math.max(1, bundles.length)] ?? []);
          const shuffled = [...again, ...bundles.toReversed()].map((bundle) => ({
            ...bundle,
            folder: "/moved",
          }));
          expect(mergeBundles(shuffled)).toEqual(mergeBundles(bundles));
        },
      ),
    );
  });

  it("takes the gravest state and never the results of what cannot be trusted", () => {
    fc.assert(
      fc.property(fc.array(anyBundle, { minLength: 1, maxLength: 5 }), (bundles) => {
        for (const suite of mergeBundles(bundles)) {
          const parts = bundles.filter((bundle) => bundle.suite === suite.suite);
          expect(suite.status === "complete").toBe(parts.every(({ status }) => status === "complete"));
          const trusted = parts.filter(({ status }) => status !== "unreadable").flatMap(({ tests }) => tests);
          expect(suite.tests.every((test) => trusted.includes(test))).toBe(true);
        }
      }),
    );
  });

  it("names shards that are missing, and shards that disagree", () => {
    const shard = (index: number, total: number): Bundle => {
      const bundle = exampleBundle("api", "vitest", [exampleTest("api", "g", `t${index}`)]);
      return bundle.manifest === undefined
        ? bundle
        : { ...bundle, manifest: { ...bundle.manifest, shard: { index, total } } };
    };
    expect(mergeBundles([shard(1, 3), shard(3, 3)])[0]?.missingShards).toEqual(["2/3"]);
    expect(mergeBundles([shard(1, 2), shard(2, 2)])[0]?.missingShards).toEqual([]);
    expect(mergeBundles([shard(1, 2), shard(2, 3)])[0]?.missingShards).toEqual([
      "shards disagree on their number: 2, 3",
    ]);
  });

  it("believes the worse of two shards that ran the same attempt", () => {
    const failed = exampleTest("api", "g", "t", { status: "failed", error: testErrorOf("x") });
    const passed = exampleTest("api", "g", "t");
    for (const tests of [
      [failed, passed],
      [passed, failed],
    ]) {
      expect(outcomesOf(tests)).toMatchObject([{ status: "failed", isFlaky: false }]);
    }
    const skipped = exampleTest("api", "g", "t", { status: "skipped", attempt: 2 });
    expect(outcomesOf([passed, skipped])).toMatchObject([{ status: "skipped" }]);
  });
});
