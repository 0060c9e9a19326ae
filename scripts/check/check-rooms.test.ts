import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { checkRooms } from "./check-rooms.ts";

const ours = join(import.meta.dirname, "../..");
const signal = new AbortController().signal;

/** A tree of rooms as ours, in which every import is allowed. */
const clean = {
  "core/words/index.ts": `export { word } from "./word.ts";`,
  "core/words/word.ts": `export const word = "w";`,
  "core/letters/index.ts": `import { word } from "#core/words";\nexport const letter = word[0];`,
  "chaos/index.ts": `export { fault } from "./fault.ts";`,
  "chaos/fault.ts": `import { word } from "#core/words";\nexport const fault = word;`,
  "environments/index.ts": `import type { letter } from "#core/letters";\nexport const start = (l: typeof letter) => l;`,
  "environments/observastack/api/src/main.ts": `export const api = 1;`,
  "pipeline/index.ts": `import { fault } from "#chaos";\nimport { start } from "#environments";\nexport { fault, start };`,
  "pipeline/suite/index.ts": `export const connect = 1;`,
  "scripts/gauntlet.ts": `import { fault } from "#pipeline";\nexport const main = fault;`,
  "suites/api/login.api.test.ts": `import { connect } from "#suite";\nexport const t = connect;`,
  "suites/load/journey.k6.ts": `import http from "k6/http";\nimport { own } from "./own.ts";\nexport default () => [http, own];`,
  "suites/load/own.ts": `export const own = 1;`,
  "bench/run.ts": `import { fault } from "../chaos/fault.ts";\nexport const b = fault;`,
};

async function checkTree(files: Record<string, string>) {
  const root = await mkdtemp(join(tmpdir(), "gauntlet-rooms-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await Promise.all(["package.json", "tsconfig.json"].map((name) => cp(join(ours, name), join(root, name))));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return checkRooms({ root, signal });
}

describe("the rules about rooms", () => {
  test("are silent on imports that keep them, and say how much was read", async () => {
    const { output, isPassed, summary } = await checkTree(clean);
    expect(output).toBe("");
    expect(isPassed).toBe(true);
    expect(summary).toMatch(/^1[45] files, 1\d imports$/);
  });

  test("fire on every import that breaks them, with the reason", async () => {
    const planted = [
      ["core-knows-no-room", "core/words", `import "#chaos";`, "chaos/index.ts"],
      ["core-by-subject", "core/letters", `import "../words/word.ts";`, "core/words/word.ts"],
      ["middle-rooms-are-strangers", "chaos", `import "#environments";`, "environments/index.ts"],
      [
        "middle-rooms-are-strangers",
        "reports",
        `import type { F } from "#chaos";\nexport type G = F;`,
        "chaos/index.ts",
      ],
      ["middle-rooms-are-strangers", "environments", `import "#pipeline";`, "pipeline/index.ts"],
      [
        "observastack-is-a-guest",
        "environments/observastack/api",
        `import "#core/words";`,
        "core/words/index.ts",
      ],
      [
        "observastack-is-a-guest",
        "environments/observastack/web",
        `import "../../index.ts";`,
        "environments/index.ts",
      ],
      [
        "observastack-is-not-imported",
        "environments",
        `import "./observastack/api/src/main.ts";`,
        "environments/observastack/api/src/main.ts",
      ],
      ["pipeline-knows-no-command", "pipeline", `import "../scripts/gauntlet.ts";`, "scripts/gauntlet.ts"],
      ["rooms-by-their-face", "pipeline", `import "../chaos/fault.ts";`, "chaos/fault.ts"],
      ["rooms-by-their-face", "scripts", `import "../chaos/fault.ts";`, "chaos/fault.ts"],
      ["core-by-its-faces", "pipeline", `import "../core/words/word.ts";`, "core/words/word.ts"],
      ["other-rooms-by-name", "pipeline", `import "../chaos/index.ts";`, "chaos/index.ts"],
      ["own-room-by-path", "chaos", `import "#chaos";`, "chaos/index.ts"],
      ["suites-only-connect", "suites/api", `import "#core/words";`, "core/words/index.ts"],
      ["suites-only-connect", "suites/e2e", `import "#pipeline";`, "pipeline/index.ts"],
      ["suites-stand-alone", "scripts", `import "../suites/load/own.ts";`, "suites/load/own.ts"],
      ["load-runs-in-k6", "suites/load", `import "node:fs";`, "fs"],
      ["load-runs-in-k6", "suites/load", `import "#suite";`, "pipeline/suite/index.ts"],
      ["bench-is-not-imported", "scripts", `import "../bench/run.ts";`, "bench/run.ts"],
      [
        "tests-are-not-imported",
        "suites/api",
        `import "./login.api.test.ts";`,
        "suites/api/login.api.test.ts",
      ],
      ["resolvable", "chaos", `import "#core/nothing";`, "#core/nothing"],
    ] as const;
    const files = planted.map(([, folder, text], index) => [`${folder}/planted-${index}.ts`, text]);
    const circle = {
      "reports/first.ts": `import { b } from "./second.ts";\nexport const a = () => b;`,
      "reports/second.ts": `import { a } from "./first.ts";\nexport const b = () => a;`,
    };
    const { isPassed, output } = await checkTree({ ...clean, ...Object.fromEntries(files), ...circle });
    expect(isPassed).toBe(false);
    for (const [index, [rule, folder, , to]] of planted.entries()) {
      expect(partAbout(rule, output)).toContain(`  ${folder}/planted-${index}.ts -> ${to}`);
    }
    expect(partAbout("no-circle", output)).toContain("reports/first.ts");
    const config = await readFile(join(ours, ".dependency-cruiser.mjs"), "utf8");
    const rules = [...config.matchAll(/^ {6}name: "(.+)"/gm)].map((match) => match[1] ?? "");
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter((name) => partAbout(name, output) === "")).toEqual([]);
  });

  test("fail when a folder's sources were not read, though nothing forbidden was found", async () => {
    const unreadable = Object.fromEntries(
      Object.entries(clean).filter(([path]) => !path.startsWith("bench/")),
    );
    // The tree's own compiler settings do not matter; an ignored folder stands for a reader that skips sources.
    const { isPassed, output } = await checkTree({ ...unreadable, "bench/dist/only.ts": "export {};" });
    expect(isPassed).toBe(false);
    expect(output).toContain("bench/: none of its sources was read");
  });
});

/** A rule's reason and the lines of what breaks it. */
function partAbout(rule: string, output: string): string {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`${rule}: `));
  if (start < 0) return "";
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("  "));
  return lines.slice(start, end < 0 ? undefined : end).join("\n");
}
