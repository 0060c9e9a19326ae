import { z } from "zod";
import { GauntletError } from "#core/errors";
import type { NewMetric, NewTest } from "../bundle/open-bundle.ts";
import { testErrorOf } from "../bundle/test-error.ts";
import { type TestIdentity, testId } from "../bundle/test-identity.ts";

/** What another tool found, ready for a bundle. */
export interface ReadResults {
  tests: NewTest[];
  metrics: NewMetric[];
}

export interface ReaderOptions {
  suite: string;
  /** Folder that test files are named relative to. */
  root: string;
}

/** Checks the parts of a tool's report that are used. Throws GauntletError UNREADABLE_REPORT for anything else. */
export function parseReport<T>(tool: string, schema: z.ZodType<T>, report: unknown): T {
  const checked = schema.safeParse(report);
  if (checked.success) return checked.data;
  throw new GauntletError(`this is no ${tool} report: ${z.prettifyError(checked.error)}`, {
    code: "UNREADABLE_REPORT",
    hint: `has ${tool} changed its report format, or did it die while writing?`,
  });
}

/** Gives tests of one name in one file different ids, by the order they come in. */
export function identities(): (identity: TestIdentity) => string {
  const seen = new Map<string, number>();
  return (identity) => {
    const id = testId(identity);
    const repeat = seen.get(id) ?? 0;
    seen.set(id, repeat + 1);
    return repeat === 0
      ? id
      : testId({ ...identity, params: { ...identity.params, repeat: `${repeat + 1}` } });
  };
}

/** A test that stands for trouble outside all tests, so that it is never lost. */
export function troubleOutsideTests(
  file: string,
  startedAt: string,
  message: string,
  stack?: string,
): NewTest {
  return {
    file,
    title: [file, "outside its tests"],
    attempt: 1,
    status: "broken",
    startedAt,
    durationMs: 0,
    error: testErrorOf(message, stack),
  };
}
