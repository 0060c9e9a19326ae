import { expect, test } from "vitest";
import { pendingMigrations, readMigrations } from "./migrate.ts";

const all = [
  { name: "0001-a", sql: "", checksum: "1" },
  { name: "0002-b", sql: "", checksum: "2" },
];

test("only what was not applied yet is pending", () => {
  expect(pendingMigrations(all, new Map([["0001-a", "1"]])).map(({ name }) => name)).toEqual(["0002-b"]);
});

test("a migration edited after it was applied stops the start", () => {
  expect(() => pendingMigrations(all, new Map([["0001-a", "other"]]))).toThrow("0001-a was changed");
});

test("every table that belongs to tenants has row-level security", async () => {
  const sql = (await readMigrations()).map((migration) => migration.sql).join("\n");
  const tables = [...sql.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name);
  expect(tables).toEqual(["tenants", "users", "files", "audit_entries"]);
  for (const table of tables) expect(sql).toContain(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
});
