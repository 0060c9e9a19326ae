import { expect, it } from "vitest";
import { writeFixture } from "../gate/fixtures.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { coverRequirements } from "./cover-requirements.ts";

const row = (id: string) => `
  - { id: ${id}, area: pipeline, system: of ${id}, must: work, shownBy: a test }`;
const requirements = `version: 1\nkind: Requirements\nrequirements:${row("A1")}${row("A2")}${row("A3")}`;
const assertion = (title: string, status: string) => ({ ancestorTitles: [], title, status });
const vitestReport = {
  success: false,
  startTime: 0,
  testResults: [
    {
      name: "a.test.ts",
      status: "failed",
      startTime: 0,
      assertionResults: [assertion("plans @req:A2", "passed"), assertion("gates @req:A3", "failed")],
    },
  ],
};
const files = { "r.yaml": requirements, ".gauntlet/test/vitest.json": JSON.stringify(vitestReport) };

const covered = (rows: Awaited<ReturnType<typeof coverRequirements>>) =>
  rows.filter((one) => one.tests.length > 0).map((one) => one.id);

it("lists the rows that a passing test stands behind, from the newest run and the unit tests @req:A14", async () => {
  await using folder = await temporaryFolder(files);
  await writeFixture(folder.file(".gauntlet/runs/20260101/bundles/old"), {
    suite: "old",
    tests: [{ title: ["older @req:A3"] }],
  });
  await writeFixture(folder.file(".gauntlet/runs/20260102/bundles/api"), {
    suite: "api",
    tests: [{ title: ["serves @req:A1"] }, { title: ["breaks @req:A3"], status: "skipped" }],
  });
  const rows = await coverRequirements(folder.path, "r.yaml");
  expect(rows.map((one) => one.id)).toEqual(["A1", "A2", "A3"]);
  expect(covered(rows)).toEqual(["A1", "A2"]);
});

it("reads only the results it is given", async () => {
  await using folder = await temporaryFolder(files);
  const rows = await coverRequirements(folder.path, "r.yaml", [".gauntlet/test/vitest.json"]);
  expect(covered(rows)).toEqual(["A2"]);
});

it("says what to do when there are no results", async () => {
  await using folder = await temporaryFolder({ "r.yaml": requirements });
  await expect(coverRequirements(folder.path, "r.yaml")).rejects.toMatchObject({
    code: "NO_RESULTS",
    exitCode: 2,
    hint: expect.stringContaining("npm test"),
  });
  await expect(coverRequirements(folder.path, "r.yaml", ["nowhere"])).rejects.toMatchObject({
    code: "NO_RESULTS",
    message: expect.stringContaining("nowhere"),
  });
});
