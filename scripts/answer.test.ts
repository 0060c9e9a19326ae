import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { GauntletError } from "#core/errors";
import { table } from "#core/table";
import { answer, fail } from "./answer.ts";
import { confirmOnTerminal, installQuestion } from "./confirm.ts";

let out = "";
let err = "";
let exitCode: typeof process.exitCode;
beforeEach(() => {
  out = "";
  err = "";
  exitCode = process.exitCode;
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = exitCode;
});

const broken = new GauntletError("no engine", {
  code: "NO_ENGINE",
  hint: "start dockerd",
  exitCode: 4,
  cause: new Error("connect ENOENT"),
});

it("answers people in text and programs in JSON", () => {
  answer(false, { id: 1 }, () => "one");
  answer(true, { id: 1 }, () => "one");
  expect(out).toBe('one\n{\n  "id": 1\n}\n');
});

it("says what went wrong, why and what to do, with the error's exit code @req:A3", () => {
  fail(broken, false);
  expect(process.exitCode).toBe(4);
  expect(out).toBe("");
  expect(stripVTControlCharacters(err)).toBe(
    "error no engine\n  because: connect ENOENT\n  next: start dockerd\n",
  );
});

it("says it in JSON on standard output when asked to", () => {
  fail(broken, true);
  expect(err).toBe("");
  expect(JSON.parse(out)).toEqual({
    error: { code: "NO_ENGINE", message: "no engine", hint: "start dockerd", causes: ["connect ENOENT"] },
  });
});

it("shows where a defect of its own lies, once", () => {
  const outer = new Error("cannot seed: no route", { cause: new Error("no route") });
  fail(outer, false);
  expect(process.exitCode).toBe(5);
  expect(err).toContain("answer.test.ts");
  expect(err).not.toContain("because");
});

it("aligns columns without trailing spaces", () => {
  expect(
    table(
      ["id", "name"],
      [
        ["1", "alpha"],
        ["22", ""],
      ],
    ),
  ).toBe("id  name\n1   alpha\n22");
});

it("takes no answer for no where there is no terminal", async () => {
  const question = installQuestion([{ need: "k6" }, { need: "chromium" }]);
  expect(question).toBe("Install k6, chromium? (gauntlet doctor --undo removes it)");
  // A test's own standard input and error are no terminals.
  expect(await confirmOnTerminal(question)).toBe(false);
});
