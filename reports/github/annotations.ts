import { mergeBundles } from "../bundle/merge-bundles.ts";
import type { Bundle } from "../bundle/read-bundle.ts";
import type { TestRecord } from "../bundle/records.ts";
import { titleText } from "../bundle/test-identity.ts";
import { readableOutcomes } from "../writers/run-report.ts";

export interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: "failure" | "warning";
  title: string;
  message: string;
}

/** A note at the line where each failed, broken or flaky test gave up; failures first. Tests whose file is no file of the repository have none. */
export function annotationsOf(bundles: readonly Bundle[]): Annotation[] {
  const notes = mergeBundles(bundles).flatMap((suite) =>
    readableOutcomes(suite.tests).flatMap(({ record, status, isFlaky, attempts }): Annotation[] => {
      if (status === "skipped" || (status === "passed" && !isFlaky)) return [];
      const told = isFlaky ? attempts.find(({ error }) => error !== undefined) : record;
      const line = lineOf(told ?? record);
      if (line === undefined && !/\.[cm]?[jt]sx?$/.test(record.file)) return [];
      return [
        {
          path: record.file,
          start_line: line ?? 1,
          end_line: line ?? 1,
          annotation_level: isFlaky ? "warning" : "failure",
          title: `${suite.suite}: ${titleText(record.title)}${isFlaky ? " (flaky)" : ""}`.slice(0, 250),
          message: (told?.error?.message || status).slice(0, 4000),
        },
      ];
    }),
  );
  return notes.sort(
    (a, b) => Number(a.annotation_level === "warning") - Number(b.annotation_level === "warning"),
  );
}

/** The first frame of the stack that lies in the test's own file. */
function lineOf({ file, error }: TestRecord): number | undefined {
  for (const frame of error?.stack?.split("\n") ?? []) {
    const match = /([^\s()]+):(\d+):\d+\)?$/.exec(frame.trim());
    if (match?.[1]?.replaceAll("\\", "/").endsWith(file)) return Number(match[2]);
  }
  return undefined;
}
