// Usage: node bench/run.ts NAME... [--json] [--quick]
// Exit code 0 when every goal is met, 1 when one is missed, 2 for a wrong name or flag.
import { parseArgs } from "node:util";
import { environments } from "./environments/bench.ts";
import type { Bench, Measure } from "./measure.ts";

const benches: Readonly<Record<string, Bench>> = { environments };

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const request = requestOf(argv);
  if (typeof request === "string") {
    process.stderr.write(
      `${request}\nusage: npm run bench -- ${Object.keys(benches).join("|")} [--json] [--quick]\n`,
    );
    return 2;
  }
  const measures: Measure[] = [];
  for (const bench of request.chosen) {
    measures.push(
      ...(await bench({ isQuick: request.isQuick, say: (line) => process.stderr.write(`${line}\n`) })),
    );
  }
  process.stdout.write(request.isJson ? `${JSON.stringify({ measures })}\n` : tableOf(measures));
  return measures.every((measure) => measure.met !== false) ? 0 : 1;
}

function requestOf(argv: string[]): { chosen: Bench[]; isJson: boolean; isQuick: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, quick: { type: "boolean", default: false } },
    });
    const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
    if (unknown !== undefined) return `there is no benchmark "${unknown}"`;
    const names = positionals.length > 0 ? positionals : Object.keys(benches);
    const chosen = names.flatMap((name) => benches[name] ?? []);
    return { chosen, isJson: values.json, isQuick: values.quick };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function tableOf(measures: readonly Measure[]): string {
  const lines = measures.map(({ id, value, unit, goal, met, note }) => {
    const verdict = goal ? `  goal ${goal.op} ${goal.value}  ${met ? "met" : "MISSED"}` : "";
    return `${id.padEnd(44)}${String(value).padStart(9)} ${unit}${verdict}${note ? `\n    ${note}` : ""}`;
  });
  return `${lines.join("\n")}\n`;
}
