import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspectImage } from "./base-image.ts";
import { DoctorError } from "./errors.ts";
import { findOnPath, isExecutable } from "./find-executable.ts";
import { installFile } from "./install-file.ts";
import { ask, type DoctorContext, type Finding, type Need } from "./need.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { isAtLeast, versionIn } from "./versions.ts";

const minimum = "1.0.0";
const dockerfile = fileURLToPath(new URL("../../environments/k6/Dockerfile", import.meta.url));

/** The load generator: GAUNTLET_K6, the one on PATH, or one built in an image stage and kept in the user's cache. */
export const k6: Need = {
  name: "k6",
  after: ["engine", "buildx", "base-image"],
  examine: examineK6,
  async install(context) {
    const image = await context.step("building k6 (about a minute, once)", () => buildImage(context));
    await context.step("taking k6 out of its image", () => exportBinary(context, image));
    return "installed";
  },
  commands: () => [
    "npx gauntlet doctor --install   # builds it in an image; needs no root once an engine answers",
  ],
};

async function examineK6(context: DoctorContext): Promise<Finding> {
  const chosen = context.env["GAUNTLET_K6"];
  if (chosen) {
    const found = await probe(context, chosen);
    if (found) return found;
    return {
      isPresent: false,
      reason: `GAUNTLET_K6 names ${chosen}, which is no k6 ${minimum} or later`,
      hint: "correct or unset GAUNTLET_K6",
      cannotInstall: true,
    };
  }
  for (const path of [await findOnPath("k6", context.env), await cachePath(context)]) {
    const found = path && (await probe(context, path));
    if (found) return found;
  }
  return { isPresent: false, reason: `no k6 ${minimum} or later on PATH or in the cache` };
}

async function probe(context: DoctorContext, path: string): Promise<Finding | undefined> {
  if (!(await isExecutable(path))) return undefined;
  const answer = await ask(context, path, ["version"]);
  const version = answer && versionIn(answer.stdout);
  return version && isAtLeast(version, minimum) ? { isPresent: true, version, where: path } : undefined;
}

/** Named by what it is built from, so a changed recipe gives a new binary and an old one never passes for it. */
async function cachePath({ env, machine }: DoctorContext): Promise<string> {
  const root = env["XDG_CACHE_HOME"] || join(machine.homeDirectory, ".cache");
  return join(root, "gauntlet", `k6-${await recipeHash()}`);
}

async function recipeHash(): Promise<string> {
  return createHash("sha256")
    .update(await readFile(dockerfile))
    .digest("hex")
    .slice(0, 12);
}

async function buildImage(context: DoctorContext): Promise<{ reference: string; id: string }> {
  const reference = `gauntlet-k6:${await recipeHash()}`;
  const known = await inspectImage(context, reference);
  if (known) return { reference, id: known.id };
  const bundle = context.env["GAUNTLET_CA_BUNDLE"] || "/etc/ssl/certs/ca-certificates.crt";
  await context.run(
    "docker",
    [
      ...["buildx", "build", "--load", "--progress=plain", "--tag", reference],
      ...(existsSync(bundle) ? ["--secret", `id=ca,src=${bundle}`] : []),
      ...proxyArguments(context.env),
      ...["--file", dockerfile, dirname(dockerfile)],
    ],
    { signal: context.signal, timeoutMs: 900_000 },
  );
  const built = await inspectImage(context, reference);
  if (!built) throw new DoctorError(`the build of ${reference} left no image`, { code: "K6_IMAGE_LOST" });
  await context.records.add({ kind: "image", reference, id: built.id });
  return { reference, id: built.id };
}

/** By name only: the client takes the values from its environment, so none stands in argv. */
function proxyArguments(env: DoctorContext["env"]): string[] {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
  return names.filter((name) => env[name]).flatMap((name) => ["--build-arg", name]);
}

async function exportBinary(context: DoctorContext, image: { id: string }): Promise<void> {
  const folder = await temporaryFolder(context, "k6");
  const name = `gauntlet-doctor-${process.pid}-k6`;
  context.cleanup.defer(`container ${name}`, () => ask(context, "docker", ["rm", "--force", name]));
  await context.run("docker", ["create", "--name", name, "--label", "io.gauntlet.doctor=k6", image.id], {
    signal: context.signal,
  });
  await context.run("docker", ["cp", `${name}:/usr/bin/k6`, join(folder, "k6")], { signal: context.signal });
  await installFile(context, join(folder, "k6"), await cachePath(context));
}
