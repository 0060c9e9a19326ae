import { z } from "zod";
import { loadDocument } from "#core/documents";
import { mergeBundles } from "./bundle/merge-bundles.ts";
import { outcomesOf } from "./bundle/outcomes.ts";
import type { Bundle } from "./bundle/read-bundle.ts";
import { requirementsOf, titleText } from "./bundle/test-identity.ts";

const requirementsBody = z.strictObject({
  requirements: z.array(
    z.strictObject({
      id: z.string().regex(/^[A-Z]+\d+$/, "letters and a number, such as A5"),
      area: z.string().min(1),
      system: z.string().min(1),
      must: z.string().min(1),
      shownBy: z.string(),
    }),
  ),
});

export type Requirement = z.infer<typeof requirementsBody>["requirements"][number];

/** A test that passed, of whatever tool. */
export interface PassedTest {
  title: readonly string[];
  /** Besides those named in the title. */
  requirements?: readonly string[];
}

export interface CoverageRow extends Requirement {
  /** Titles of passing tests that claim it, each once. */
  tests: readonly string[];
}

export interface RequirementCoverage {
  rows: readonly CoverageRow[];
  /** Claimed by tests, yet in no row: most likely a slip of the pen. */
  unknown: readonly { id: string; tests: readonly string[] }[];
}

/** Reads `docs/requirements.yaml`. Throws DocumentError with line numbers. */
export async function loadRequirements(file: string): Promise<Requirement[]> {
  return (await loadDocument(file, "Requirements", requirementsBody)).requirements;
}

/** Which requirements have a passing test behind them, in the order of `requirements`. */
export function requirementCoverage(
  requirements: readonly Requirement[],
  passed: readonly PassedTest[],
): RequirementCoverage {
  const titles = new Map<string, Set<string>>();
  for (const test of passed) {
    for (const id of new Set([...requirementsOf(test.title), ...(test.requirements ?? [])])) {
      titles.set(id, (titles.get(id) ?? new Set()).add(titleText(test.title)));
    }
  }
  const testsOf = (id: string) => [...(titles.get(id) ?? [])].sort();
  const known = new Set(requirements.map(({ id }) => id));
  return {
    rows: requirements.map((requirement) => ({ ...requirement, tests: testsOf(requirement.id) })),
    unknown: [...titles.keys()]
      .filter((id) => !known.has(id))
      .sort()
      .map((id) => ({ id, tests: testsOf(id) })),
  };
}

/** The tests of `bundles` that count for coverage: their last attempt passed, and the bundle can be trusted. */
export function passedTestsOf(bundles: readonly Bundle[]): PassedTest[] {
  return mergeBundles(bundles).flatMap((suite) =>
    outcomesOf(suite.tests)
      .filter(({ status }) => status === "passed")
      .map(({ record }) => ({ title: record.title, requirements: record.requirements })),
  );
}
