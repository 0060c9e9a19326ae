import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isValid, validate } from "ctrf";
import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  markdownSummary,
  renderTerminalSummary,
  renderVerdict,
  sarifLog,
  wantsColour,
  writeCtrf,
  writeJUnit,
  writeMarkdownSummary,
} from "../index.ts";
import { ctrfReport } from "./ctrf.ts";
import { exampleBundle, exampleGoodRun, exampleRule, exampleRun, exampleTest } from "./example-run.ts";
import { escapeXml, junitXml } from "./junit.ts";
import { durationText, firstLines } from "./run-report.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gauntlet-writers-"));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe("the terminal summary @req:A9", () => {
  it("tells the verdict, the suites, why and what to type", () => {
    expect(
      renderTerminalSummary(exampleRun(), { reportAddress: "file:///tmp/report/index.html" }),
    ).toMatchSnapshot();
    expect(renderTerminalSummary(exampleGoodRun())).toMatchSnapshot();
    expect(renderVerdict(exampleRun().verdict)).toMatchSnapshot();
  });

  it("colours where it may, and the text stays the same", () => {
    const coloured = renderTerminalSummary(exampleRun(), { hasColour: true });
    expect(coloured).toContain("\u001b[31m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
    const plain = coloured.replace(/\u001b\[\d+m/g, "").replace(" FAIL  obs", "FAIL obs");
    expect(plain).toBe(renderTerminalSummary(exampleRun()));
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: false }, {})).toBe(false);
    expect(wantsColour({}, {})).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: "" })).toBe(true);
    expect(wantsColour({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  });

  it("lets no test paint or move the cursor", () => {
    const text = renderTerminalSummary(exampleRun());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });
});

describe("the Markdown summary @req:A9", () => {
  it("tells the same", async () => {
    const path = await writeMarkdownSummary(root, exampleRun());
    const text = await readFile(path, "utf8");
    expect(text).toMatchSnapshot();
    expect(text).not.toContain("@octocat");
    expect(markdownSummary(exampleGoodRun())).toMatchSnapshot();
  });

  it("never exceeds its budget and counts what it leaves out", () => {
    const run = exampleRun();
    const rules = Array.from({ length: 5000 }, (_, n) =>
      exampleRule({ rule: `rule ${n}`, verdict: "FAIL", sentence: "ä".repeat(400) }),
    );
    const long = { ...run, verdict: { ...run.verdict, rules } };
    const text = markdownSummary(long);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(900_000);
    const shown = text.match(/- ❌/g)?.length ?? 0;
    expect(text).toContain(`… and ${5000 - shown} more`);
    expect(text.trimEnd()).toMatch(/Again: `gauntlet run pr --seed 7`$/);
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 4000 }), (budget) => {
        const few = { ...long, verdict: { ...long.verdict, rules: rules.slice(0, 30) } };
        expect(Buffer.byteLength(markdownSummary(few, budget))).toBeLessThanOrEqual(budget);
      }),
    );
  });
});

describe("JUnit @req:A9", () => {
  it("is well-formed and has tests and rules", async () => {
    const xml = await readFile(await writeJUnit(root, exampleRun()), "utf8");
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml).toMatchSnapshot();
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml).testsuites;
    expect([parsed["@_tests"], parsed["@_failures"], parsed["@_errors"], parsed["@_skipped"]]).toEqual([
      "11",
      "2",
      "3",
      "1",
    ]);
  });

  it("stays well-formed whatever a test is called or says", () => {
    const parser = new XMLParser({ ignoreAttributes: false, parseAttributeValue: false, trimValues: false });
    const anyText = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(anyText, anyText, (name, message) => {
        const test = exampleTest("api", "group", name, {
          status: "failed",
          error: { message, fingerprint: "0".repeat(16), stack: message },
        });
        const run = exampleGoodRun();
        const xml = junitXml({ ...run, bundles: [exampleBundle("api", "vitest", [test])] });
        expect(XMLValidator.validate(xml)).toBe(true);
        expect(parser.parse(xml).testsuites.testsuite).toHaveLength(2);
      }),
    );
    expect(escapeXml('a\u0000\ud800]]><&"')).toBe("a\ufffd\ufffd]]&gt;&lt;&amp;&quot;");
  });
});

describe("CTRF @req:A9", () => {
  it("is valid by the format's own schema", async () => {
    const report = JSON.parse(await readFile(await writeCtrf(root, exampleRun()), "utf8"));
    expect(validate(report)).toMatchObject({ valid: true });
    expect(isValid({ ...report, results: {} })).toBe(false);
    expect(report.results.summary).toMatchObject({
      tests: 6,
      passed: 3,
      failed: 2,
      skipped: 1,
      flaky: 1,
      suites: 3,
    });
    expect(report).toEqual(ctrfReport(exampleRun()));
    expect(report).toMatchSnapshot();
  });
});

it("SARIF holds findings with their place and fingerprint @req:A9", () => {
  const log = sarifLog({ name: "gauntlet security", version: "1" }, [
    { ruleId: "auth-bypass", level: "error", message: "GET /x answers 200", location: { subject: "GET /x" } },
    { ruleId: "header", level: "note", message: "no CSP", fingerprint: "abc" },
    { ruleId: "auth-bypass", level: "error", message: "again", location: { file: "api/x y.ts", line: 3 } },
  ]);
  expect(log).toMatchSnapshot();
});

describe("a report folder that cannot be written is exit 6 with a hint @req:A9", () => {
  it("because a file stands in its place", async () => {
    await writeFile(join(root, "out"), "");
    await expect(writeJUnit(join(root, "out"), exampleRun())).rejects.toMatchObject({
      code: "REPORT_UNWRITABLE",
      exitCode: 6,
      hint: expect.stringMatching(/a part of the path is a file/),
    });
  });

  it.each(["/nowhere/at/all", tmpdir()])("because a link leads out of it to %s", async (target) => {
    await symlink(target, join(root, "summary.md"));
    await expect(writeMarkdownSummary(root, exampleRun())).rejects.toMatchObject({
      code: "OUTSIDE_REPORT_FOLDER",
      exitCode: 6,
    });
  });
});

it("shortens durations and messages for people", () => {
  expect([85, 12_345, 243_000, 59_999].map(durationText)).toEqual(["85 ms", "12.3 s", "4 m 03 s", "60.0 s"]);
  expect(firstLines("a\n\n b \nc\nd\ne")).toBe("a / b / c / d");
  expect(firstLines("x".repeat(300))).toHaveLength(200);
});
