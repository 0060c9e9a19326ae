import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "#core/command";

const folder = fileURLToPath(new URL(".", import.meta.url));
const image = "gauntlet-test/actionlint";

/** Lints one workflow given on standard input. */
async function lint(workflow: string): Promise<string> {
  const { stdout } = await runCommand(
    "docker",
    ["run", "--rm", "-i", "--network=none", image, "-no-color", "-oneline", "-"],
    {
      input: workflow,
      accept: [0, 1],
    },
  );
  return stdout;
}

describe("actionlint @req:A6", () => {
  beforeAll(async () => {
    const ca = process.env["GAUNTLET_CA_BUNDLE"] ?? "/etc/ssl/certs/ca-certificates.crt";
    await runCommand("docker", [
      "buildx",
      "build",
      "--load",
      "--secret",
      `id=ca,src=${ca}`,
      "-t",
      image,
      `${folder}actionlint`,
    ]);
  }, 300_000);

  it.each(readdirSync(`${folder}workflows`))("finds nothing in %s", async (name) => {
    expect(await lint(readFileSync(`${folder}workflows/${name}`, "utf8"))).toBe("");
  });

  it("finds a planted mistake", async () => {
    const planted =
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.evnt_name }}\n";
    expect(await lint(planted)).toContain("evnt_name");
  });
});
