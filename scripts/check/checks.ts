import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "#core/command";
import { checkRooms } from "./check-rooms.ts";
import type { Check, CheckContext, CheckOutcome } from "./run-checks.ts";

/** Slowest first, so that two at a time end soonest. */
export const checks: readonly Check[] = [
  types("types", "tsconfig.json"),
  types("types of web", "environments/observastack/web/tsconfig.json"),
  { name: "rooms", run: checkRooms },
  types("types of load", "suites/load/tsconfig.json"),
  tool("dead code", "knip", ["--no-progress"]),
  tool("lint", "biome", ["check", "--error-on-warnings", "--max-diagnostics=200"]),
];

function types(name: string, config: string): Check {
  return {
    name,
    async run(context) {
      if (!existsSync(join(context.root, config))) return { isPassed: false, output: `${config} is missing` };
      const memory = join("node_modules/.cache/tsc", `${name.replaceAll(" ", "-")}.json`);
      return runTool(
        "tsc",
        [
          ...["--noEmit", "--pretty", "false", "--project", config],
          ...["--incremental", "--tsBuildInfoFile", memory],
        ],
        context,
      );
    },
  };
}

function tool(name: string, file: string, args: readonly string[]): Check {
  return { name, run: (context) => runTool(file, args, context) };
}

async function runTool(
  file: string,
  args: readonly string[],
  { root, signal }: CheckContext,
): Promise<CheckOutcome> {
  const binary = join(root, "node_modules/.bin", file);
  const { exitCode, stdout, stderr } = await runCommand(binary, args, {
    ...{ cwd: root, signal, timeoutMs: 300_000 },
    // Any code is an answer here; the check says it.
    accept: Array.from({ length: 256 }, (_, code) => code),
  });
  return { isPassed: exitCode === 0, output: `${stdout}${stderr}` };
}
