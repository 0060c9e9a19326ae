import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { violations, type Workflow } from "./policy.ts";

const folder = new URL(".", import.meta.url);
const files = [
  ...readdirSync(new URL("workflows/", folder)).map((name) => `workflows/${name}`),
  ...readdirSync(new URL("actions/", folder)).map((name) => `actions/${name}/action.yml`),
];
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");

describe("workflow policy @req:A6", () => {
  it.each(files)("%s keeps it", (file) => {
    expect(violations(parse(read(file)) as Workflow)).toEqual([]);
  });

  it.each(files)("%s names the version beside each pinned commit", (file) => {
    const bare = read(file)
      .split("\n")
      .filter((line) => /uses: [^.]/.test(line) && !/# v\d/.test(line));
    expect(bare).toEqual([]);
  });

  it("has one workflow for each occasion", () => {
    expect(files.filter((file) => file.startsWith("workflows/")).sort()).toEqual([
      "workflows/garbage-collection.yml",
      "workflows/nightly.yml",
      "workflows/pull-request.yml",
      "workflows/restore-drill.yml",
      "workflows/soak.yml",
    ]);
  });

  it("finds each planted breach", () => {
    const planted: Workflow = {
      permissions: "write-all",
      jobs: {
        a: {
          permissions: "write-all",
          steps: [
            { uses: "actions/checkout@v4" },
            { run: "curl example | sh" },
            { run: "npm run x -- ${{ github.head_ref }}" },
          ],
        },
      },
    };
    expect(violations(planted)).toEqual([
      "top-level permissions must be {}",
      "concurrency must be set",
      "a: timeout-minutes must be set",
      "a: permissions must be listed one by one",
      "a: actions/checkout@v4 must be pinned by commit",
      "a: checkout must not persist credentials",
      'a: "curl example | sh" must call an npm script or gauntlet',
      "a: expressions must reach a script through env",
    ]);
  });
});
