import { join } from "node:path";
import { debianSuite, makeDebianTree } from "./debian-tree.ts";
import { findOnPath, firstExecutable } from "./find-executable.ts";
import { installFile } from "./install-file.ts";
import { usesApt } from "./machine.ts";
import { ask, type DoctorContext, type Finding, type Need } from "./need.ts";
import type { NeedName } from "./needs.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { isAtLeast, versionIn } from "./versions.ts";

export interface CliPluginOptions {
  name: NeedName & ("compose" | "buildx");
  versionArgs: readonly string[];
  minimum: string;
  /** Names distributions give it; the first that is new enough is taken. */
  packages: readonly string[];
}

/** A plugin of the docker client. From the distribution where that is new enough, else the file out of Debian's newer package. */
export function cliPlugin(options: CliPluginOptions): Need {
  const fileName = `docker-${options.name}`;
  return {
    name: options.name,
    after: ["engine"],
    examine: (context) => examinePlugin(context, options),
    async install(context) {
      const packageName = await newEnoughPackage(context, options);
      if (packageName) {
        await context.step(`installing ${packageName}`, () => context.apt.install([packageName]));
        if ((await examinePlugin(context, options)).isPresent) return "installed";
      }
      const folder = await context.once("docker-plugins", () => extractPlugins(context));
      await installFile(context, join(folder, fileName), join(pluginFolder(context), fileName));
      return "installed";
    },
    commands(context) {
      if (!usesApt(context.machine)) return [];
      const target = pluginFolder(context);
      return [
        "sudo apt-get install -y mmdebstrap debian-archive-keyring",
        `mmdebstrap --variant=extract --include=docker-compose,docker-buildx ${debianSuite} /tmp/docker-plugins`,
        `install -D -t ${target} /tmp/docker-plugins/usr/libexec/docker/cli-plugins/*`,
      ];
    },
  };
}

export const compose = cliPlugin({
  name: "compose",
  versionArgs: ["compose", "version", "--short"],
  // The overlay needs `!override` and `!reset`.
  minimum: "2.24.4",
  packages: ["docker-compose-plugin", "docker-compose-v2", "docker-compose"],
});

export const buildx = cliPlugin({
  name: "buildx",
  versionArgs: ["buildx", "version"],
  minimum: "0.10.0",
  packages: ["docker-buildx-plugin", "docker-buildx"],
});

async function examinePlugin(context: DoctorContext, options: CliPluginOptions): Promise<Finding> {
  if (!(await findOnPath("docker", context.env))) {
    return { isPresent: false, reason: "no docker client on PATH, so no plugin of it either" };
  }
  const answer = await ask(context, "docker", options.versionArgs);
  const version = answer && versionIn(answer.stdout);
  if (!version) return { isPresent: false, reason: `docker ${options.name} does not answer` };
  const where =
    (await firstExecutable(pluginFolders(context).map((folder) => join(folder, `docker-${options.name}`)))) ??
    `docker ${options.name}`;
  if (isAtLeast(version, options.minimum)) return { isPresent: true, version, where };
  return {
    isPresent: false,
    reason: `${options.name} ${version} at ${where} is older than ${options.minimum}`,
  };
}

async function newEnoughPackage(
  context: DoctorContext,
  options: CliPluginOptions,
): Promise<string | undefined> {
  for (const name of options.packages) {
    const version = await context.apt.candidate(name);
    if (version && isAtLeast(version, options.minimum)) return name;
  }
  return undefined;
}

/** A temporary folder that holds docker-compose and docker-buildx of Debian's newer release. */
function extractPlugins(context: DoctorContext): Promise<string> {
  return context.step(`taking Compose and buildx from Debian ${debianSuite}`, async () => {
    const target = await temporaryFolder(context, "plugins");
    await makeDebianTree(context, {
      variant: "extract",
      packages: ["docker-compose", "docker-buildx"],
      target,
    });
    return join(target, "usr/libexec/docker/cli-plugins");
  });
}

/** Where the client looks: for everyone when root, else for this user. */
function pluginFolder(context: DoctorContext): string {
  return context.machine.isRoot ? "/usr/local/lib/docker/cli-plugins" : userPluginFolder(context);
}

function userPluginFolder({ env, machine }: DoctorContext): string {
  return join(env["DOCKER_CONFIG"] || join(machine.homeDirectory, ".docker"), "cli-plugins");
}

/** In the order in which the client searches them. */
function pluginFolders(context: DoctorContext): string[] {
  return [
    userPluginFolder(context),
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
  ];
}
