import { existsSync } from "node:fs";
import { join } from "node:path";
import { findOnPath, isExecutable } from "./find-executable.ts";
import { isUbuntu, usesApt } from "./machine.ts";
import { ask, type DoctorContext, type Finding, type Need } from "./need.ts";
import { versionIn } from "./versions.ts";

const commandNames = ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"];

/** A browser for the end-to-end and browser-load suites: GAUNTLET_CHROMIUM, Playwright's own, or the distribution's. */
export const chromium: Need = {
  name: "chromium",
  after: [],
  // Its many packages would keep apt from the few that the engine and the images wait for.
  follows: ["engine", "compose", "buildx"],
  examine: examineChromium,
  async install(context) {
    if (isUbuntu(context.machine)) await installPlaywrights(context);
    else await context.step("installing Chromium", () => context.apt.install(["chromium"]));
    return "installed";
  },
  commands({ machine }) {
    if (!usesApt(machine)) return [];
    return [isUbuntu(machine) ? playwrightCommand : "sudo apt-get install -y chromium"];
  },
};

// Ubuntu's chromium package only fetches a snap, which needs systemd and cannot be driven as root.
const playwrightCommand = "npx playwright install --with-deps chromium";

async function examineChromium(context: DoctorContext): Promise<Finding> {
  const chosen = context.env["GAUNTLET_CHROMIUM"];
  if (chosen) {
    return (
      (await probe(context, chosen)) ?? {
        isPresent: false,
        reason: `GAUNTLET_CHROMIUM names ${chosen}, which does not start`,
        hint: "correct or unset GAUNTLET_CHROMIUM",
        cannotInstall: true,
      }
    );
  }
  const own = await playwrightsOwn(context);
  const found = own && (await probe(context, own));
  if (found) return found;
  for (const name of commandNames) {
    const path = await findOnPath(name, context.env);
    const installed = path && (await probe(context, path));
    if (installed) return installed;
  }
  return { isPresent: false, reason: "no Chromium that starts: not Playwright's, none on PATH" };
}

async function probe(context: DoctorContext, path: string): Promise<Finding | undefined> {
  if (!(await isExecutable(path))) return undefined;
  const answer = await ask(context, path, ["--version"]);
  const version = answer && versionIn(answer.stdout);
  return version ? { isPresent: true, version, where: path } : undefined;
}

function browsersFolder({ env, machine }: DoctorContext): string {
  const cache = env["XDG_CACHE_HOME"] || join(machine.homeDirectory, ".cache");
  return env["PLAYWRIGHT_BROWSERS_PATH"] || join(cache, "ms-playwright");
}

/** Only Playwright knows which revision it wants; it takes half a second to ask, so not before it has any browser at all. */
async function playwrightsOwn(context: DoctorContext): Promise<string | undefined> {
  if (!existsSync(browsersFolder(context))) return undefined;
  try {
    const playwright = await import("@playwright/test");
    return playwright.chromium.executablePath();
  } catch {
    // An optional peer: projects without end-to-end suites do not have it.
    return undefined;
  }
}

async function installPlaywrights(context: DoctorContext): Promise<void> {
  await context.step("installing what Playwright's Chromium needs", async () => {
    const plan = await context.run("npx", ["playwright", "install-deps", "--dry-run", "chromium"], {
      signal: context.signal,
      accept: [0, 1],
    });
    const packages = packagesIn(plan.stdout);
    if (packages.length > 0) await context.apt.install(packages);
  });
  const folder = browsersFolder(context);
  if (!existsSync(folder)) await context.records.add({ kind: "folder", path: folder });
  await context.step("downloading Playwright's Chromium", async () => {
    await context.run("npx", ["playwright", "install", "chromium"], {
      signal: context.signal,
      timeoutMs: 600_000,
    });
  });
}

/** The dry run lists what lacks, one package an indented line. */
export function packagesIn(dryRun: string): string[] {
  return [...dryRun.matchAll(/^ +([a-z0-9][a-z0-9.+-]+)$/gm)].flatMap((match) => match[1] ?? []);
}
