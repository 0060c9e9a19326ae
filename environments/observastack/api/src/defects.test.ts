import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { defectIds as gatewayDefectIds } from "../../gateway/src/defects.ts";
import { defectIds, parseDefects } from "./defects.ts";

test("the ids in the code are those of defects.yaml, in the api and in the gateway", () => {
  const path = join(import.meta.dirname, "../../defects.yaml");
  const document = parse(readFileSync(path, "utf8")) as { kind: string; defects: { id: string }[] };
  expect(document.kind).toBe("Defects");
  expect(document.defects.map(({ id }) => id)).toEqual([...defectIds]);
  expect(gatewayDefectIds).toEqual(defectIds);
});

test.each([undefined, "", " , "])("nothing is planted by %j", (text) => {
  expect(parseDefects(text).planted).toEqual([]);
  expect(parseDefects(text).isPlanted("api-search-slow")).toBe(false);
});

test("what is named is planted, and nothing else", () => {
  const defects = parseDefects("api-search-slow, database-missing-unique,api-search-slow");
  expect(defects.planted).toEqual(["api-search-slow", "database-missing-unique"]);
  expect(defects.isPlanted("api-search-slow")).toBe(true);
  expect(defects.isPlanted("api-tenant-leak-search")).toBe(false);
});

test("an unknown id is an error that names it", () => {
  expect(() => parseDefects("api-search-slow,api-serch-slow")).toThrow(
    'unknown "api-serch-slow"; known: web-',
  );
});
