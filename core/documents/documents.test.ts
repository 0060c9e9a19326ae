import { expect, it } from "vitest";
import { z } from "zod";
import { DocumentError, loadDocument, parseDocument } from "./index.ts";

const body = z.strictObject({
  seed: z.number().int(),
  phases: z.array(z.strictObject({ fault: z.string() })),
});
const parse = (text: string) => parseDocument({ file: "crash.yaml", text }, "ChaosScenario", body);

it("gives the checked body of a good document", () => {
  expect(parse("version: 1\nkind: ChaosScenario\nseed: 7\nphases: [{ fault: crash }]\n")).toMatchObject({
    seed: 7,
    phases: [{ fault: "crash" }],
  });
});

it("reports every problem at once with its line, what was expected and what was found", () => {
  let error: unknown;
  try {
    parse(
      "version: 1\nkind: ChaosScenario\nseed: many\nphases:\n  - fault: crash\n  - fault: 3\n    durration: 5s\n",
    );
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(DocumentError);
  expect((error as DocumentError).exitCode).toBe(2);
  expect((error as DocumentError).message).toMatchInlineSnapshot(`
    "crash.yaml has 3 problems:
      crash.yaml:3:7 seed: expected number, received string, found "many"
      crash.yaml:6:12 phases[1].fault: expected string, received number, found 3
      crash.yaml:7:16 phases[1].durration: unknown key"
  `);
});

it("names the line of broken YAML and refuses another kind", () => {
  expect(() => parse("version: 1\nkind: [")).toThrow(/crash\.yaml:2/);
  expect(() => parse("version: 1\nkind: Quarantine\nseed: 1\nphases: []")).toThrow(/kind/);
  expect(() => parse("")).toThrow(/version/);
});

it("says which file cannot be read", async () => {
  await expect(loadDocument("/nowhere/x.yaml", "ChaosScenario", body)).rejects.toMatchObject({
    code: "UNREADABLE_DOCUMENT",
    exitCode: 2,
  });
});
