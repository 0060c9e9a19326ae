import { existsSync } from "node:fs";
import { basename } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { ownFile, packageFile, packageMain } from "./own-path.ts";

const stub = {
  "package.json": "{}",
  "node_modules/vitest/package.json": '{"name":"vitest","main":"main.js"}',
};

it("finds what ships beside a source file, in the sources as when compiled", () => {
  expect(ownFile("file:///a/b/run.ts", "../checks/load.k6")).toBe("/a/checks/load.k6.ts");
  expect(ownFile("file:///a/b/run.js", "./x.config")).toBe("/a/b/x.config.js");
});

it("takes the project's own copy of a package before any other", async () => {
  await using folder = await temporaryFolder({ ...stub, "node_modules/vitest/main.js": "" });
  expect(packageFile(folder.path, "vitest", "vitest.mjs")).toBe(
    folder.file("node_modules/vitest/vitest.mjs"),
  );
  expect(packageMain(folder.path, "vitest")).toBe(folder.file("node_modules/vitest/main.js"));
});

it("falls back to what is installed beside gauntlet", async () => {
  await using folder = await temporaryFolder();
  const file = packageFile(folder.path, "vitest", "vitest.mjs");
  expect(existsSync(file)).toBe(true);
  expect(basename(file)).toBe("vitest.mjs");
});

it("names a missing package and the command that adds it", async () => {
  await using folder = await temporaryFolder();
  expect(packageMain(folder.path, "no-such-runner")).toBeUndefined();
  expect(() => packageFile(folder.path, "no-such-runner", "cli.js")).toThrow(
    expect.objectContaining({
      code: "RUNNER_MISSING",
      exitCode: 2,
      hint: "npm install --save-dev no-such-runner",
    }),
  );
});
