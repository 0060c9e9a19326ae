import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

const junit = `<?xml version="1.0"?>\\n<testsuites name="gauntlet" tests="12" failures="1" errors="2" skipped="3">`;
const writesReport = (text: string) =>
  `mkdir -p .gauntlet/runs/r1; printf '${text}' > .gauntlet/runs/r1/junit.xml`;

/** Runs `.ci/run` in a tree of its own, where "npm" is a script that answers for ci, start and test. */
async function startCi(npm: { ci?: string; start?: string; test?: string }) {
  const root = await mkdtemp(join(tmpdir(), "gauntlet-ci-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, "bin"));
  await cp(join(import.meta.dirname, "../.ci/run"), join(root, ".ci/run"));
  const cases = Object.entries({ ci: "true", start: "true", test: "true", ...npm });
  const script = cases.map(([name, body]) => `${name}) ${body} ;;`).join("\n");
  await writeFile(join(root, "bin/npm"), `#!/bin/sh\ncase "$1" in\n${script}\nesac\n`, { mode: 0o755 });
  return spawn(join(root, ".ci/run"), {
    env: { ...process.env, PATH: `${root}/bin:${process.env["PATH"]}` },
  });
}

async function runCi(npm: Parameters<typeof startCi>[0]) {
  const child = await startCi(npm);
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output, lastLine: output.trimEnd().split("\n").at(-1) };
}

describe(".ci/run", () => {
  test("calls both commands of the README and sums their tests", async () => {
    const passing = junit.replace('failures="1" errors="2"', 'failures="0" errors="0"');
    const { code, output, lastLine } = await runCi({
      start: writesReport(passing),
      test: `echo "20 passed, 0 failed"`,
    });
    expect(output.match(/^== .*/gm)).toEqual(["== npm ci", "== npm start", "== npm ci", "== npm test"]);
    expect(lastLine).toBe("29 passed, 0 failed");
    expect(code).toBe(0);
  });

  test("fails with what failed in either, and shows the end of its output", async () => {
    const { code, output, lastLine } = await runCi({
      start: `${writesReport(junit)}; echo "gate: FAIL"; exit 1`,
      test: `echo "20 passed, 2 failed"; exit 1`,
    });
    expect(lastLine).toBe("26 passed, 5 failed");
    expect(output).toMatch(/== failed: npm start\. The end of \S+:\ngate: FAIL\n/);
    expect(code).toBe(1);
  });

  test.each([
    [
      "a start that fails without naming a test",
      { start: "exit 4", test: "echo '1 passed, 0 failed'" },
      "1 passed, 1 failed",
    ],
    ["a start that passes without any test", { test: "echo '1 passed, 0 failed'" }, "1 passed, 1 failed"],
    ["an install that fails", { ci: "exit 1" }, "0 passed, 2 failed"],
    [
      "tests that crash before they count",
      { start: writesReport(junit), test: "exit 5" },
      "6 passed, 4 failed",
    ],
  ])("%s is a failure", async (_, npm, expected) => {
    const { code, lastLine } = await runCi(npm);
    expect(lastLine).toBe(expected);
    expect(code).toBe(1);
  });

  test("hands SIGTERM on and waits until the command has cleaned up", async () => {
    const child = await startCi({
      start: `trap 'sleep 0.3; echo cleaned; exit 143' TERM; echo up; while :; do sleep 0.1; done`,
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      const isUp = !output.includes("up\n");
      output += chunk;
      if (isUp && output.includes("up\n")) child.kill("SIGTERM");
    });
    const [code] = await once(child, "close");
    expect(output).toMatch(/up\ncleaned\n$/);
    expect(code).toBe(143);
  });
});
