import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { measured } from "./measure.ts";

const script = fileURLToPath(new URL("./run.ts", import.meta.url));

it("names the benchmarks there are when asked for another, and exits with 2", async () => {
  const { code, stderr } = await run("nothing");
  expect(code).toBe(2);
  expect(stderr).toContain('no benchmark "nothing"');
  expect(stderr).toContain("environments");
  expect((await run("--fast")).code).toBe(2);
});

it("judges a figure by its goal, and one without a goal not at all", () => {
  const goal = { op: "<=", value: 1 } as const;
  expect(measured("a", 1.00004, "1", { goal })).toEqual({ id: "a", value: 1, unit: "1", goal, met: false });
  expect(measured("a", 0.5, "1", { goal }).met).toBe(true);
  expect(measured("a", 0.5, "1", { goal: { op: ">=", value: 1 } }).met).toBe(false);
  expect(measured("a", Number.NaN, "1", { goal }).met).toBe(false);
  expect(measured("a", 2, "s")).toEqual({ id: "a", value: 2, unit: "s" });
});

function run(...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, _stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stderr });
    });
  });
}
