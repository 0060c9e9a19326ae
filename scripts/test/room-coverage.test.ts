import { describe, expect, test } from "vitest";
import { coverageByRoom, coverageTable } from "./room-coverage.ts";

const part = (covered: number, total: number) => ({ total, covered });
const summary = JSON.stringify({
  total: { lines: part(0, 0), branches: part(0, 0) },
  "/repo/core/log/index.ts": { lines: part(95, 100), branches: part(10, 10) },
  "/repo/core/state/lock.ts": { lines: part(95, 100), branches: part(9, 10) },
  "/repo/chaos/fault.ts": { lines: part(8999, 10_000), branches: part(0, 0) },
});

describe("coverage", () => {
  test("is summed per room and held against the floor @req:A14", () => {
    expect(coverageByRoom(summary, "/repo")).toEqual([
      { room: "chaos", lines: expect.closeTo(89.99), branches: 100, isEnough: false },
      { room: "core", lines: 95, branches: 95, isEnough: true },
    ]);
  });

  test("as a table, never rounded up to the floor @req:A14", () => {
    expect(coverageTable(coverageByRoom(summary, "/repo"))).toMatchInlineSnapshot(`
      "coverage          lines  branches
      chaos             89.9 %   100.0 %  below 90 %
      core              95.0 %    95.0 %"
    `);
  });

  test("that measured nothing is an error", () => {
    expect(() => coverageByRoom("{}", "/repo")).toThrow("names no file");
  });
});
