import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exitCodeOf, mergeVerdicts, type Verdict, verdicts } from "./index.ts";

const anyVerdict = fc.constantFrom<Verdict>(...verdicts);

describe("mergeVerdicts @req:A5", () => {
  it("puts FAIL over ERROR over INCONCLUSIVE over WARN over PASS", () => {
    expect(mergeVerdicts(["PASS", "WARN"])).toBe("WARN");
    expect(mergeVerdicts(["WARN", "INCONCLUSIVE"])).toBe("INCONCLUSIVE");
    expect(mergeVerdicts(["ERROR", "INCONCLUSIVE"])).toBe("ERROR");
    expect(mergeVerdicts(["FAIL", "ERROR"])).toBe("FAIL");
  });

  it("never calls an absence of evidence a pass", () => {
    expect(mergeVerdicts([])).toBe("INCONCLUSIVE");
  });

  it("does not depend on order or grouping", () => {
    fc.assert(
      fc.property(fc.array(anyVerdict, { minLength: 1 }), fc.array(anyVerdict, { minLength: 1 }), (a, b) => {
        expect(mergeVerdicts([...a, ...b])).toBe(mergeVerdicts([mergeVerdicts(b), mergeVerdicts(a)]));
      }),
    );
  });
});

describe("exitCodeOf", () => {
  it("lets only PASS and WARN exit 0", () => {
    expect(verdicts.map(exitCodeOf)).toEqual([0, 0, 3, 3, 1]);
  });
});
