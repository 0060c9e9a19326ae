import { describe, expect, test } from "vitest";
import { type Check, runChecks } from "./run-checks.ts";

const check = (name: string, isPassed: boolean, output = ""): Check => ({
  name,
  run: async () => ({ isPassed, output, summary: "3 files" }),
});

async function run(checks: readonly Check[], signal = new AbortController().signal) {
  let text = "";
  const results = await runChecks(checks, { root: ".", signal, atOnce: 2, write: (part) => (text += part) });
  return { results, text };
}

describe("checks", () => {
  test("a line for each; output only of those that fail", async () => {
    const { text, results } = await run([
      check("types", true, "noise"),
      check("lint", false, "a.ts:1 wrong\n"),
    ]);
    expect(text.replace(/\d\.\d s/g, "0.0 s")).toMatchInlineSnapshot(`
      "ok    types            0.0 s  3 files
      FAIL  lint             0.0 s  3 files

      --- lint ---
      a.ts:1 wrong
      "
    `);
    expect(results.map((result) => result.isPassed)).toEqual([true, false]);
  });

  test("one that throws has failed, and the others still run", async () => {
    const broken: Check = { name: "rooms", run: () => Promise.reject(new Error("no such command")) };
    const { text, results } = await run([broken, check("lint", true)]);
    expect(results.map((result) => result.isPassed)).toEqual([false, true]);
    expect(text).toContain("--- rooms ---\nno such command");
  });

  test("at most as many run at once as were allowed", async () => {
    let running = 0;
    let most = 0;
    const slow: Check = {
      name: "slow",
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 10));
        running--;
        return { isPassed: true, output: "" };
      },
    };
    await run([slow, slow, slow, slow, slow]);
    expect(most).toBe(2);
  });

  test("an abort ends it as an abort, not as failed checks", async () => {
    const controller = new AbortController();
    const interrupted: Check = {
      name: "types",
      run: () => {
        controller.abort(new Error("received SIGTERM"));
        return Promise.reject(controller.signal.reason);
      },
    };
    await expect(run([interrupted, check("lint", true)], controller.signal)).rejects.toThrow(
      "received SIGTERM",
    );
  });
});
