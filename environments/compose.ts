import { type CommandError, type CommandResult, runCommand } from "#core/command";
import { engineAddress } from "./engine.ts";

/** Everything every `docker compose` call of one environment has in common. */
export interface ComposeProject {
  name: string;
  /** Absolute; the overlay last. */
  files: readonly string[];
  projectDirectory: string;
  profiles: readonly string[];
  /** For interpolation, on top of the inherited environment. */
  variables: Readonly<Record<string, string>>;
  /** Marks the processes this starts, so that they can be found when their parent is gone. */
  leaseId?: string;
}

export interface ComposeCallOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  onLine?: (line: string) => void;
}

export const leaseVariable = "GAUNTLET_LEASE";

/** Throws CommandError; callers turn it into what it means for them. */
export function runCompose(
  project: ComposeProject,
  args: readonly string[],
  options: ComposeCallOptions = {},
): Promise<CommandResult> {
  const address = engineAddress();
  const { onLine } = options;
  return runCommand("docker", ["compose", ...globalArguments(project), ...args], {
    cwd: project.projectDirectory,
    env: {
      ...project.variables,
      ...(address === undefined ? {} : { DOCKER_HOST: address }),
      ...(project.leaseId === undefined ? {} : { [leaseVariable]: project.leaseId }),
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(onLine === undefined ? {} : { onLine: (line: string) => onLine(line) }),
  });
}

/** What Compose said went wrong, without its progress lines. */
export function composeMessage(error: CommandError): string {
  const text = error.result.stderr?.trim() || error.result.stdout?.trim() || error.message;
  return text
    .split("\n")
    .filter((line) => !/^ *(Container|Network|Volume|Image) \S+ +\w+$/.test(line))
    .filter((line) => !line.includes("level=warning"))
    .slice(-12)
    .join("\n")
    .trim();
}

function globalArguments(project: ComposeProject): string[] {
  return [
    ["--ansi", "never", "--progress", "plain"],
    ["--project-name", project.name, "--project-directory", project.projectDirectory],
    ...project.files.map((file) => ["--file", file]),
    ...project.profiles.map((profile) => ["--profile", profile]),
  ].flat();
}
