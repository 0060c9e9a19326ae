import { join } from "node:path";
import { z } from "zod";
import type { NewTest } from "../bundle/open-bundle.ts";
import type { TestStatus } from "../bundle/records.ts";
import { testErrorOf } from "../bundle/test-error.ts";
import { posixFile } from "../bundle/test-identity.ts";
import {
  identities,
  parseReport,
  type ReaderOptions,
  type ReadResults,
  troubleOutsideTests,
} from "./results.ts";

const errorSchema = z.looseObject({
  message: z.string().optional(),
  stack: z.string().optional(),
  value: z.string().optional(),
});

const resultSchema = z.looseObject({
  status: z.enum(["passed", "failed", "timedOut", "skipped", "interrupted"]),
  duration: z.number(),
  retry: z.number().int(),
  startTime: z.string(),
  error: errorSchema.optional(),
  attachments: z
    .array(z.looseObject({ name: z.string(), path: z.string().optional(), body: z.string().optional() }))
    .default([]),
});

const specSchema = z.looseObject({
  title: z.string(),
  file: z.string(),
  tests: z.array(
    z.looseObject({
      projectName: z.string().default(""),
      expectedStatus: z.string(),
      results: z.array(resultSchema),
    }),
  ),
});

interface Suite {
  title: string;
  specs: z.infer<typeof specSchema>[];
  suites?: Suite[] | undefined;
}

const suiteSchema: z.ZodType<Suite> = z.lazy(() =>
  z.looseObject({ title: z.string(), specs: z.array(specSchema), suites: z.array(suiteSchema).optional() }),
);

const reportSchema = z.looseObject({
  config: z.looseObject({
    rootDir: z.string(),
    projects: z.array(z.looseObject({ name: z.string().optional() })),
  }),
  suites: z.array(suiteSchema),
  errors: z.array(errorSchema).default([]),
  stats: z.looseObject({ startTime: z.string() }),
});

type Spec = z.infer<typeof specSchema>;
type Run = Spec["tests"][number];
type Result = Run["results"][number];

/** Playwright's `json` reporter (1.40 and later). Every attempt is a record; errors outside tests become broken tests. */
export function readPlaywrightReport(report: unknown, { suite, root }: ReaderOptions): ReadResults {
  const { config, suites, errors, stats } = parseReport("Playwright", reportSchema, report);
  const hasProjects = config.projects.length > 1;
  const idOf = identities();
  const startedAt = new Date(stats.startTime).toISOString();
  const tests = suites.flatMap((fileSuite) =>
    specsOf(fileSuite, []).flatMap(({ spec, groups }) =>
      spec.tests.flatMap((run) => {
        const file = posixFile(join(config.rootDir, spec.file), root);
        const title = [...groups, spec.title];
        const params = run.projectName === "" ? {} : { project: run.projectName };
        const head = {
          id: idOf({ suite, file, title, params }),
          file,
          title: hasProjects ? [`[${run.projectName}]`, ...title] : title,
        };
        return attemptsOf(run, startedAt).map((attempt) => ({ ...head, ...attempt }));
      }),
    ),
  );
  const outside = errors.map((error, index) =>
    troubleOutsideTests(`playwright (${index + 1})`, startedAt, messageOf(error), error.stack),
  );
  return { tests: [...tests, ...outside], metrics: [] };
}

/** The outermost suite is the file, which the record names already. */
function specsOf(suite: Suite, groups: readonly string[]): { spec: Spec; groups: readonly string[] }[] {
  return [
    ...suite.specs.map((spec) => ({ spec, groups })),
    ...(suite.suites ?? []).flatMap((inner) => specsOf(inner, [...groups, inner.title])),
  ];
}

type Attempt = Pick<NewTest, "attempt" | "status" | "startedAt" | "durationMs" | "error" | "attach">;

/** A test that was never begun has no result of its own; it counts as skipped. */
function attemptsOf(run: Run, startedAt: string): Attempt[] {
  if (run.results.length === 0) return [{ attempt: 1, status: "skipped", startedAt, durationMs: 0 }];
  return run.results.map((result) => {
    const status = statusOf(run.expectedStatus, result);
    const attach = result.attachments.flatMap(
      ({ name, path, body }): NonNullable<NewTest["attach"]> =>
        path !== undefined
          ? [{ name: withEnding(name, path), source: { path } }]
          : body !== undefined
            ? [{ name, source: Buffer.from(body, "base64") }]
            : [],
    );
    return {
      attempt: result.retry + 1,
      status,
      startedAt: new Date(result.startTime).toISOString(),
      durationMs: Math.max(0, result.duration),
      ...(status === "passed" || status === "skipped" ? {} : { error: errorOf(run.expectedStatus, result) }),
      attach,
    };
  });
}

/** A test marked as expected to fail passes by failing, and fails by passing. */
function statusOf(expected: string, result: Result): TestStatus {
  if (result.status === "skipped") return "skipped";
  if (result.status === expected) return "passed";
  if (result.status === "passed") return "failed";
  const isClaim = result.status === "failed" && /expect\(|AssertionError/.test(messageOf(result.error ?? {}));
  return isClaim ? "failed" : "broken";
}

function errorOf(expected: string, result: Result) {
  if (result.status === "passed") return testErrorOf(`expected the test to end ${expected}, but it passed`);
  return testErrorOf(messageOf(result.error ?? {}) || `the test ended ${result.status}`, result.error?.stack);
}

function messageOf(error: z.infer<typeof errorSchema>): string {
  return error.message ?? error.value ?? "";
}

/** Attachments are named without their type: `screenshot`, whose file is a PNG. */
function withEnding(name: string, path: string): string {
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(path)?.[0] ?? "";
  return name.endsWith(ending) ? name : `${name}${ending}`;
}
