import { join } from "node:path";
import { expect, it } from "vitest";
import { loadRequirements, passedTestsOf, type Requirement, requirementCoverage } from "./index.ts";
import { exampleBundle, exampleRun, exampleTest } from "./writers/example-run.ts";

const row = (id: string): Requirement => ({ id, area: "x", system: "y", must: "z", shownBy: "" });

it("lists the passing tests behind each requirement and claims that belong to none @req:A14", () => {
  const passed = [
    { title: ["gate @req:A5", "blocks @req:A9"] },
    { title: ["gate @req:A5", "blocks @req:A9"] },
    { title: ["k6"], requirements: ["B6", "Z9"] },
  ];
  const { rows, unknown } = requirementCoverage([row("A5"), row("A9"), row("B6"), row("C1")], passed);
  expect(rows.map(({ id, tests }) => [id, tests])).toEqual([
    ["A5", ["gate > blocks"]],
    ["A9", ["gate > blocks"]],
    ["B6", ["k6"]],
    ["C1", []],
  ]);
  expect(unknown).toEqual([{ id: "Z9", tests: ["k6"] }]);
});

it("counts only what passed at last, in bundles that can be trusted @req:A14", () => {
  const torn = {
    ...exampleBundle("torn", "x", [exampleTest("torn", "g", "t @req:A1")]),
    status: "unreadable" as const,
    reason: "torn",
  };
  const titles = passedTestsOf([...exampleRun().bundles, torn]).map(({ title }) => title.at(-1));
  expect(titles.sort()).toEqual(["now and then", "search p(95)<250", "works @req:G3"]);
});

it("the repository's own list of requirements can be read @req:A14", async () => {
  const requirements = await loadRequirements(join(import.meta.dirname, "../docs/requirements.yaml"));
  const ids = requirements.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(["A1", "A14", "B8", "C7", "D7", "E10", "F20", "G12", "H4"]));
});
