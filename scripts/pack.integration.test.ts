import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "#core/command";

const root = join(import.meta.dirname, "..");

const serve =
  'my $$s = IO::Socket::INET->new(LocalPort => 8080, Listen => 16, ReuseAddr => 1) or die; while (my $$c = $$s->accept) { my $$l = <$$c>; print $$c "HTTP/1.0 200 OK\\r\\n\\r\\nok"; close $$c }';

const compose = `
services:
  web:
    image: debian:trixie-slim
    init: true
    container_name: tiny-web
    restart: always
    command: ["perl", "-MIO::Socket::INET", "-e", ${JSON.stringify(serve)}]
    ports: ["8080:8080"]
  worker:
    image: debian:trixie-slim
    init: true
    command: sleep infinity
`;

/** The package as a stranger gets it: packed, installed into a CommonJS package, none of the optional peers there. */
let folder: string;
let project: string;
let packed: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-pack-"));
  project = join(folder, "tiny");
  const packing = await npm(root, "pack", "--ignore-scripts=false", "--json", "--pack-destination", folder);
  const [tarball] = JSON.parse(packing.slice(packing.indexOf("[\n")));
  packed = tarball.files.map((file: { path: string }) => file.path);
  await runCommand("mkdir", [project]);
  await writeFile(join(project, "compose.yaml"), compose);
  await writeFile(join(project, "package.json"), '{"name":"tiny","version":"1.0.0","type":"commonjs"}');
  const offline = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await npm(project, "install", "--save-dev", ...offline, join(folder, tarball.filename));
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function npm(cwd: string, ...args: string[]): Promise<string> {
  return (await runCommand("npm", args, { cwd, timeoutMs: 170_000 })).stdout;
}

function gauntlet(...args: string[]) {
  const bin = join(project, "node_modules/gauntlet/scripts/gauntlet.cjs");
  return runCommand(process.execPath, [bin, ...args], { cwd: project, accept: [0, 1, 2, 3, 4, 5, 6] });
}

describe("the packed package @req:A7", () => {
  it("holds what is needed to run and nothing else", () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        "scripts/gauntlet.cjs",
        "LICENSE",
        "dist/package.json",
        "dist/environments/watcher-main.js",
        "dist/environments/k6/Dockerfile",
        "dist/pipeline/checks/load.k6.js",
        "dist/pipeline/runners/suite.vitest.config.js",
        "dist/pipeline/index.d.ts",
        "dist/pipeline/suite/index.d.ts",
      ]),
    );
    const needless =
      /\.test\.|\.k6\.ts$|testing\/|observastack|^suites\/|^docs\/|\.tsbuildinfo$|(?<!\.d)\.ts$/;
    expect(packed.filter((path) => needless.test(path))).toEqual([]);
  });

  it("shows a first configuration for a stranger's Compose file and writes nothing", async () => {
    const { exitCode, stdout } = await gauntlet("init", "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toContain('crash: ["web"]');
    expect(stdout).toContain("worker is not crashed");
    await expect(readFile(join(project, "gauntlet.config.ts"))).rejects.toThrow("ENOENT");
  });

  it("plans and runs what init wrote, the Compose file untouched, with none of the optional packages", async () => {
    expect((await gauntlet("init")).exitCode).toBe(0);
    const plan = await gauntlet("plan", "--json");
    expect(JSON.parse(plan.stdout).suites.map((suite: { name: string }) => suite.name)).toEqual(
      expect.arrayContaining(["smoke", "load", "chaos"]),
    );
    const run = await gauntlet("run", "--suite", "smoke");
    expect(run.stdout).toMatch(/^PASS +smoke/m);
    expect(run.stdout).toContain("npm install --save-dev allure@3");
    expect(run.exitCode).toBe(0);
    expect(await readFile(join(project, "compose.yaml"), "utf8")).toBe(compose);
    const ours = `label=com.docker.compose.project.working_dir=${project}`;
    expect((await runCommand("docker", ["ps", "--all", "--quiet", "--filter", ours])).stdout).toBe("");
  }, 120_000);

  it("is typed for those who write a configuration and suites", async () => {
    await writeFile(
      join(project, "suite.mts"),
      'import { connect } from "gauntlet/suite";\nexport const url: string = connect().url("web");\n',
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--skipLibCheck", "--strict", "--module", "nodenext", "--target", "es2024"];
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const config = join(folder, "tiny", "config.mts");
    await writeFile(config, await readFile(join(project, "gauntlet.config.ts"), "utf8"));
    const { exitCode, stdout } = await runCommand(
      process.execPath,
      [tsc, ...options, ...types, config, join(project, "suite.mts")],
      { cwd: project, accept: [0, 1, 2] },
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
  }, 60_000);
});
