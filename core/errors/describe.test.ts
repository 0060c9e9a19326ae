import { expect, it } from "vitest";
import { describeError, exitCodeForError, GauntletError, UsageError } from "./index.ts";

it("describes an error with its code, hint and the chain of causes", () => {
  const error = new GauntletError("cannot start postgres", {
    code: "SERVICE_UNHEALTHY",
    hint: "look at gauntlet env logs postgres",
    exitCode: 4,
    cause: new Error("exit 1", { cause: "disk full" }),
  });
  expect(describeError(error)).toEqual({
    code: "SERVICE_UNHEALTHY",
    message: "cannot start postgres",
    hint: "look at gauntlet env logs postgres",
    causes: ["exit 1", "disk full"],
  });
  expect(exitCodeForError(error)).toBe(4);
});

it("lists every part of an aggregate", () => {
  expect(describeError(new AggregateError([new Error("a"), "b"], "two"))).toEqual({
    code: "INTERNAL",
    message: "two",
    causes: ["a", "b"],
  });
});

it("counts what is not ours as internal and a usage error as 2", () => {
  expect(exitCodeForError(new TypeError("x"))).toBe(5);
  expect(exitCodeForError(new UsageError("no such profile"))).toBe(2);
  expect(describeError("plain")).toEqual({ code: "INTERNAL", message: "plain" });
});
