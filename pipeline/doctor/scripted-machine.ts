import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { CommandError, type CommandOptions, type CommandResult } from "#core/command";
import type { DoctorIo } from "./context.ts";
import { openInstallRecords } from "./install-records.ts";
import type { Machine } from "./machine.ts";

/** What a command says on the machine a test describes: standard output, or more; undefined fails it with code 1. */
type Answer = string | Partial<CommandResult> | undefined;
type Script = (line: string, options: CommandOptions) => Answer | Promise<Answer>;

export const debian12: Machine = {
  isRoot: true,
  userName: "root",
  homeDirectory: "/root",
  distributionIds: ["debian"],
  distributionName: "Debian GNU/Linux 12 (bookworm)",
  runsSystemd: false,
  hasControlGroups: true,
};

/** A machine for tests: commands answered by `script`, some of them "on PATH", state in a folder of its own. */
export async function scriptedMachine(options: {
  script: Script;
  onPath?: readonly string[];
  machine?: Partial<Machine>;
  env?: Record<string, string>;
}) {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-doctor-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const bin = join(folder, "bin");
  await mkdir(bin);
  const addToPath = (name: string) => writeFile(join(bin, name), "", { mode: 0o755 });
  for (const name of options.onPath ?? []) await addToPath(name);
  const lines: string[] = [];
  const io: DoctorIo = {
    machine: { ...debian12, homeDirectory: folder, ...options.machine },
    env: { PATH: bin, ...options.env },
    records: openInstallRecords(join(folder, "doctor.json")),
    lockPath: join(folder, "doctor.lock"),
    run: async (file, args, commandOptions = {}) => {
      const line = [file, ...args].join(" ");
      lines.push(line);
      const said = await options.script(line, commandOptions);
      const result = {
        ...{ exitCode: said === undefined ? 1 : 0, stdout: "", stderr: "", durationMs: 1 },
        ...(typeof said === "string" ? { stdout: said } : said),
      };
      if ((commandOptions.accept ?? [0]).includes(result.exitCode)) return result;
      throw new CommandError(`${line} exited with ${result.exitCode}: ${result.stderr}`, result, {
        code: "COMMAND_FAILED",
      });
    },
  };
  return { io, lines, folder, addToPath };
}

export function dockerVersion(server: { Version: string; ApiVersion: string } | null): string {
  return JSON.stringify({ Client: { Context: "default" }, Server: server });
}
