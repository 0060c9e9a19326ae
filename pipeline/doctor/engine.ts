import { DoctorError } from "./errors.ts";
import { findOnPath } from "./find-executable.ts";
import { usesApt } from "./machine.ts";
import { ask, type DoctorContext, type Finding, type Need } from "./need.ts";
import { startEngine } from "./start-engine.ts";
import { isAtLeast, versionIn } from "./versions.ts";

const minimumApiVersion = "1.41";

/** A Docker engine that answers where the docker client looks for one: DOCKER_HOST, the context, or the local socket. */
export const engine: Need = {
  name: "engine",
  after: [],
  examine: examineEngine,
  async install(context) {
    let outcome: "installed" | "started" = "started";
    if (!(await findOnPath("dockerd", context.env)) || !(await findOnPath("docker", context.env))) {
      await context.step("installing the Docker engine", () => installPackages(context));
      outcome = "installed";
    }
    // The package may have started it already.
    if (!(await examineEngine(context)).isPresent) await startEngine(context, examineEngine);
    return outcome;
  },
  commands(context) {
    const { machine } = context;
    if (!usesApt(machine)) return [];
    return [
      "sudo apt-get update && sudo apt-get install -y docker.io iptables",
      machine.runsSystemd
        ? "sudo systemctl enable --now docker"
        : "sudo sh -c 'setsid dockerd >/var/log/dockerd.log 2>&1 &'",
      ...(machine.isRoot ? [] : ['sudo usermod -aG docker "$USER"   # then log in again']),
    ];
  },
};

async function examineEngine(context: DoctorContext): Promise<Finding> {
  const client = await ask(context, "docker", ["version", "--format", "{{json .}}"], { accept: [0, 1] });
  if (!client) {
    const isInstalled = (await findOnPath("docker", context.env)) !== undefined;
    return {
      isPresent: false,
      reason: isInstalled ? "the docker client does not answer" : "no docker client on PATH",
    };
  }
  const answer = parseVersion(client.stdout);
  const where = await addressOf(context, answer);
  const server = answer?.Server;
  if (!server?.Version) return notReached(context, where, client.stderr.trim());
  if (!isAtLeast(server.ApiVersion ?? "0", minimumApiVersion)) {
    return {
      isPresent: false,
      reason: `the engine at ${where} speaks API ${server.ApiVersion}, gauntlet needs ${minimumApiVersion} or later (Docker 20.10)`,
      cannotInstall: true,
    };
  }
  return { isPresent: true, version: versionIn(server.Version) ?? server.Version, where };
}

interface VersionAnswer {
  Client?: { Context?: string };
  Server?: { Version?: string; ApiVersion?: string } | null;
}

function parseVersion(text: string): VersionAnswer | undefined {
  try {
    return JSON.parse(text) as VersionAnswer;
  } catch {
    return undefined;
  }
}

async function addressOf(context: DoctorContext, answer: VersionAnswer | undefined): Promise<string> {
  const host = context.env["DOCKER_HOST"];
  if (host) return host;
  const name = answer?.Client?.Context;
  const inspected = await ask(context, "docker", [
    "context",
    "inspect",
    ...(name ? [name] : []),
    "--format",
    "{{.Endpoints.docker.Host}}",
  ]);
  return inspected?.stdout.trim() || "unix:///var/run/docker.sock";
}

const localSocket = "unix:///var/run/docker.sock";

function notReached(context: DoctorContext, where: string, said: string): Finding {
  if (where !== localSocket) {
    return {
      isPresent: false,
      reason: `the engine at ${where} does not answer${said ? `: ${said}` : ""}`,
      hint: "start that engine, or unset DOCKER_HOST and run `docker context use default` for a local one",
      cannotInstall: true,
    };
  }
  if (/permission denied/i.test(said)) {
    return {
      isPresent: false,
      reason: `user ${context.machine.userName} may not talk to ${where}`,
      hint: 'run `sudo usermod -aG docker "$USER"` and log in again, or run as root',
      cannotInstall: true,
    };
  }
  return { isPresent: false, reason: `no engine answers at ${where}` };
}

async function installPackages(context: DoctorContext): Promise<void> {
  // Debian 13 moved the client into a package of its own.
  const client = await context.apt.candidate("docker-cli");
  await context.apt.install(["docker.io", "iptables", "ca-certificates", ...(client ? ["docker-cli"] : [])], {
    isUrgent: true,
  });
  if (!(await findOnPath("docker", context.env))) {
    throw new DoctorError("docker.io is installed but there is no docker command on PATH", {
      code: "DOCKER_CLIENT_MISSING",
      hint: "add /usr/bin to PATH",
    });
  }
}
