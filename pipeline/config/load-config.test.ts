import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runCommand } from "#core/command";
import { smallConfig } from "../testing/small-config.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { loadConfig } from "./load-config.ts";

const valid = `export default ${JSON.stringify(smallConfig)};\n`;

it("finds the configuration upwards, checks it and freezes it @req:A7", async () => {
  await using folder = await temporaryFolder({
    "gauntlet.config.ts": valid,
    "compose.yaml": "",
    "a/b/notes.txt": "",
  });
  const loaded = await loadConfig(folder.file("a", "b"));
  expect(loaded).toMatchObject({ file: folder.file("gauntlet.config.ts"), folder: folder.path });
  expect(loaded.config.suites["smoke"]?.timeoutMs).toBe(60_000);
  expect(loaded.written).toEqual(smallConfig);
  expect(() => {
    loaded.config.environment.composeFiles.push("other.yaml");
  }).toThrow(TypeError);
});

it("takes the file it is given, whatever its name", async () => {
  await using folder = await temporaryFolder({ "ci/other.config.ts": valid, "ci/compose.yaml": "" });
  const loaded = await loadConfig(folder.path, "ci/other.config.ts");
  expect(loaded.folder).toBe(folder.file("ci"));
});

it.each([
  [undefined, "no gauntlet.config.ts in "],
  ["other.config.ts", "no other.config.ts in "],
])("says what to do when there is none (%s)", async (explicit, message) => {
  await using folder = await temporaryFolder();
  await expect(loadConfig(folder.path, explicit)).rejects.toMatchObject({
    code: "NO_CONFIG",
    exitCode: 2,
    message: expect.stringContaining(message),
    hint: expect.stringContaining("gauntlet init"),
  });
});

it.each([
  ["a syntax error", "export default {", "cannot be run"],
  ["an exception", 'throw new Error("no licence");', "no licence"],
  ["something thrown that is no error", 'throw "no licence";', "no licence"],
  ["an import that leads nowhere", 'import "./nowhere.ts"; export default {};', "nowhere"],
  ["no default export", "export const config = {};", "has no default export"],
])("explains a file with %s", async (_, text, message) => {
  await using folder = await temporaryFolder({ "gauntlet.config.ts": text });
  await expect(loadConfig(folder.path)).rejects.toMatchObject({
    code: "BROKEN_CONFIG",
    exitCode: 2,
    message: expect.stringContaining(message),
  });
});

it("lists every problem of the schema under the file's name", async () => {
  await using folder = await temporaryFolder({
    "gauntlet.config.ts": 'export default { project: "X", suites: 3, profiles: {} };',
  });
  const file = folder.file("gauntlet.config.ts");
  await expect(loadConfig(folder.path)).rejects.toMatchObject({
    code: "INVALID_DOCUMENT",
    exitCode: 2,
    message: [
      `${file} has 3 problems:`,
      `  ${file} project: lower case letters, digits and dashes, starting with a letter`,
      `  ${file} environment: expected object, received undefined`,
      `  ${file} suites: expected record, received number, found 3`,
    ].join("\n"),
  });
});

it("lists what refers to nothing", async () => {
  await using folder = await temporaryFolder({ "gauntlet.config.ts": valid });
  await expect(loadConfig(folder.path)).rejects.toMatchObject({
    problems: [{ path: "environment.composeFiles[0]", message: "no such file: compose.yaml" }],
  });
});

/** In a process of its own: here, the test runner would transform the file before Node sees it. */
async function loadedByNode(folder: string): Promise<{ stdout: string; stderr: string }> {
  const loader = fileURLToPath(new URL("load-config.ts", import.meta.url));
  const script = `const { loadConfig } = await import(${JSON.stringify(loader)});
    await loadConfig(process.cwd()).then(({ config }) => console.log(config.project), (error) => console.log(error.message));`;
  const { stdout, stderr } = await runCommand(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: folder,
  });
  return { stdout, stderr };
}

it("runs in a package that `npm init` made CommonJS, with what it imports @req:A7", async () => {
  await using folder = await temporaryFolder({
    "package.json": '{"type":"commonjs"}',
    "compose.yaml": "",
    "part.ts": 'export const project: string = "from-a-part";',
    "gauntlet.config.ts": `import { project } from "./part.ts";\nexport default { ...${JSON.stringify(smallConfig)}, project };`,
  });
  expect(await loadedByNode(folder.path)).toEqual({ stdout: "from-a-part\n", stderr: "" });
});

it.each([
  ["a syntax error", "gauntlet.config.ts:2", "export default {\n  suites: [ },\n};"],
  ["an exception", "gauntlet.config.ts:2", "const a = 1;\nexport default { a: nope };"],
  ["a mistake in what it imports", "part.ts:1", 'import "./part.ts";\nexport default {};'],
])("names file and line of %s", async (_, place, text) => {
  await using folder = await temporaryFolder({
    "package.json": "{}",
    "part.ts": "export const a = ;",
    "gauntlet.config.ts": text,
  });
  const { stdout, stderr } = await loadedByNode(folder.path);
  expect(stderr).toBe("");
  expect(stdout).toContain(`${folder.file(place)} cannot be run: `);
});
