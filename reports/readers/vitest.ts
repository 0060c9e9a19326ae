import { z } from "zod";
import type { NewTest } from "../bundle/open-bundle.ts";
import { testErrorOf } from "../bundle/test-error.ts";
import { posixFile } from "../bundle/test-identity.ts";
import {
  identities,
  parseReport,
  type ReaderOptions,
  type ReadResults,
  troubleOutsideTests,
} from "./results.ts";

const assertionSchema = z.looseObject({
  ancestorTitles: z.array(z.string()),
  title: z.string(),
  status: z.string(),
  duration: z.number().nullish(),
  failureMessages: z.array(z.string()).nullish(),
});

const reportSchema = z.looseObject({
  success: z.boolean(),
  startTime: z.number(),
  testResults: z.array(
    z.looseObject({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      startTime: z.number(),
      assertionResults: z.array(assertionSchema),
    }),
  ),
});

type Assertion = z.infer<typeof assertionSchema>;
type FileResult = z.infer<typeof reportSchema>["testResults"][number];

/**
 * Vitest's `json` reporter. A file that could not be loaded or whose hooks failed, and a run that failed without a failed
 * test, become broken tests: Vitest itself lists the tests behind a failed hook as skipped.
 */
export function readVitestReport(report: unknown, { suite, root }: ReaderOptions): ReadResults {
  const { testResults, success, startTime } = parseReport("Vitest", reportSchema, report);
  const idOf = identities();
  const tests = testResults.flatMap((result) => {
    const file = posixFile(result.name, root);
    const startedAt = new Date(result.startTime).toISOString();
    const own = result.assertionResults.flatMap((assertion) => {
      const title = [...assertion.ancestorTitles, assertion.title];
      const head = { id: idOf({ suite, file, title }), file, title, startedAt };
      return attemptsOf(assertion).map((attempt) => ({ ...head, ...attempt }));
    });
    return [...own, ...troubleOf(result, own, file, startedAt)];
  });
  const isExplained = success || tests.some(isBad);
  const startedAt = new Date(startTime).toISOString();
  return {
    tests: isExplained
      ? tests
      : [...tests, troubleOutsideTests("vitest", startedAt, "the run failed although no test did")],
    metrics: [],
  };
}

type Attempt = Pick<NewTest, "attempt" | "status" | "durationMs" | "error">;

/** Messages of a test that passed are those of earlier attempts. */
function attemptsOf({ status, duration, failureMessages }: Assertion): Attempt[] {
  const messages = failureMessages ?? [];
  const durationMs = Math.max(0, duration ?? 0);
  switch (status) {
    case "passed":
      return [
        ...messages.map(
          (message, index): Attempt => ({ attempt: index + 1, durationMs: 0, ...failureOf(message) }),
        ),
        { attempt: messages.length + 1, status: "passed", durationMs },
      ];
    case "failed":
      return [
        { attempt: 1, durationMs, ...failureOf(messages.at(-1) ?? "the test failed without a message") },
      ];
    case "skipped":
    case "pending":
    case "todo":
    case "disabled":
      return [{ attempt: 1, status: "skipped", durationMs }];
    default:
      return [{ attempt: 1, status: "broken", durationMs, error: testErrorOf(`the test ended ${status}`) }];
  }
}

function failureOf(text: string): Pick<NewTest, "status" | "error"> & { status: "failed" | "broken" } {
  const firstFrame = text.search(/\n\s+at\s/);
  const message = firstFrame < 0 ? text : text.slice(0, firstFrame);
  const isClaim = /^(Assertion|JestAssertion)Error|^AssertionError \[|^Error: expect\(/.test(message);
  return { status: isClaim ? "failed" : "broken", error: testErrorOf(message, text) };
}

function troubleOf(result: FileResult, own: readonly NewTest[], file: string, startedAt: string): NewTest[] {
  if (result.status !== "failed" || own.some(isBad)) return [];
  const message = result.message?.trim() || "the file failed outside its tests, most likely in a hook";
  return [troubleOutsideTests(file, startedAt, message)];
}

function isBad({ status }: Pick<NewTest, "status">): boolean {
  return status === "failed" || status === "broken";
}
