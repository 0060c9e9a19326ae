import { mkdir, readFile, stat } from "node:fs/promises";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { initProject } from "./init-project.ts";

const compose = `
services:
  web: { image: "web:1", restart: always, ports: ["8080:80"] }
  db: { image: "postgres:17" }
`;
const plain = { overwrite: false, dryRun: false };

it("writes a configuration for the Compose file it finds, and leaves that alone @req:A7", async () => {
  await using folder = await temporaryFolder({ "My Shop 2/docker-compose.yml": compose });
  const { file, content, found } = await initProject(folder.file("My Shop 2"), plain);
  expect(await readFile(file, "utf8")).toBe(content);
  expect(content).toContain('project: "my-shop-2"');
  expect(content).toContain('composeFiles: ["docker-compose.yml"]');
  expect(found).toEqual([
    "2 services: db, web",
    "published: web:80",
    "databases: db",
    "crashed: web",
    "db is not crashed: it is a database",
  ]);
  expect(await readFile(folder.file("My Shop 2/docker-compose.yml"), "utf8")).toBe(compose);
});

it("prints without writing, also over an existing configuration", async () => {
  await using folder = await temporaryFolder({ "compose.yaml": "services:\n  job: { image: 'job:1' }\n" });
  const dry = await initProject(folder.path, { ...plain, dryRun: true });
  expect(dry.content).toContain("smoke");
  expect(dry.found).toContain("published: none");
  await expect(stat(dry.file)).rejects.toThrow("ENOENT");
});

it("overwrites only when told to", async () => {
  await using folder = await temporaryFolder({ "compose.yaml": compose, "gauntlet.config.ts": "mine" });
  await expect(initProject(folder.path, plain)).rejects.toMatchObject({
    code: "CONFIG_EXISTS",
    exitCode: 2,
    hint: expect.stringContaining("--force"),
  });
  expect(await readFile(folder.file("gauntlet.config.ts"), "utf8")).toBe("mine");
  await initProject(folder.path, { ...plain, overwrite: true });
  expect(await readFile(folder.file("gauntlet.config.ts"), "utf8")).toContain("defineConfig");
});

it("takes another file when told, and names the project after a folder of any name", async () => {
  await using folder = await temporaryFolder({ "42/deploy/stack.yaml": compose });
  const { content } = await initProject(folder.file("42"), { ...plain, composeFile: "deploy/stack.yaml" });
  expect(content).toContain('project: "project"');
  expect(content).toContain('composeFiles: ["deploy/stack.yaml"]');
});

it("says where it looked when there is no Compose file", async () => {
  await using folder = await temporaryFolder();
  await mkdir(folder.file("empty"));
  await expect(initProject(folder.file("empty"), plain)).rejects.toMatchObject({
    code: "NO_COMPOSE_FILE",
    exitCode: 2,
    hint: expect.stringContaining("compose.yaml"),
  });
});
