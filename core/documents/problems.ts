import type { z } from "zod";
import { UsageError } from "#core/errors";

/** One thing wrong with something a person wrote. Line and column count from 1. */
export interface Problem {
  path: string;
  message: string;
  line?: number;
  column?: number;
}

/** Every problem of one file at once. */
export class DocumentError extends UsageError {
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[], hint?: string) {
    const lines = problems.map(
      (problem) =>
        `  ${file}${position(problem)}${problem.path ? ` ${problem.path}` : ""}: ${problem.message}`,
    );
    super(
      `${file} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:\n${lines.join("\n")}`,
      {
        code: "INVALID_DOCUMENT",
        ...(hint === undefined ? {} : { hint }),
      },
    );
    this.file = file;
    this.problems = problems;
  }
}

/** zod's issues as path, expected and found. */
export function problemsOf(error: z.ZodError, input: unknown): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: "unknown key" }));
    }
    const found = valueAt(input, issue.path);
    const foundText =
      issue.code === "invalid_type" && found !== undefined
        ? `, found ${JSON.stringify(found)?.slice(0, 60)}`
        : "";
    return [
      { path: pathText(issue.path), message: `${issue.message.replace(/^Invalid input: /, "")}${foundText}` },
    ];
  });
}

function position(problem: Problem): string {
  return problem.line === undefined ? "" : `:${problem.line}:${problem.column ?? 1}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`))
    .join("");
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}
