import { dirname } from "node:path";
import { runCommand } from "#core/command";
import { percentile } from "#core/statistics";
import { startEnvironment } from "#environments";
import { type BenchOptions, type Measure, measured } from "../measure.ts";

interface Times {
  up: number[];
  down: number[];
}

/** Ours and Compose's own commands in alternating rounds, so that whatever else the machine does hits both. */
export async function upAndDown(
  file: string,
  options: BenchOptions & { rounds: number },
): Promise<Measure[]> {
  const ours: Times = { up: [], down: [] };
  const compose: Times = { up: [], down: [] };
  await oneOfOurs(file, { up: [], down: [] });
  for (let round = 0; round < options.rounds; round++) {
    const runs = [() => oneOfOurs(file, ours), () => oneOfCompose(file, compose)];
    for (const run of round % 2 === 0 ? runs : runs.reverse()) await run();
    options.say(
      `round ${round + 1}: up ${seconds(ours.up)} against ${seconds(compose.up)}, down ${seconds(ours.down)} against ${seconds(compose.down)}`,
    );
  }
  const [up, composeUp] = [median(ours.up), median(compose.up)];
  const [down, composeDown] = [median(ours.down), median(compose.down)];
  return [
    measured("environments.up.ratio", up / composeUp, "1", {
      goal: { op: "<=", value: 1.0 },
      note: `median of ${options.rounds}, against \`docker compose up -d --wait\` on the same file, alternating`,
    }),
    measured("environments.up.gauntlet", up, "s"),
    measured("environments.up.compose", composeUp, "s"),
    measured("environments.teardown.ratio", down / composeDown, "1", {
      goal: { op: "<=", value: 1.1 },
      note: `median of ${options.rounds}, against \`docker compose down -v -t 0\``,
    }),
    measured("environments.teardown.gauntlet", down, "s"),
    measured("environments.teardown.compose", composeDown, "s"),
  ];
}

async function oneOfOurs(file: string, times: Times): Promise<void> {
  const start = performance.now();
  const environment = await startEnvironment({
    composeFiles: [file],
    projectDirectory: dirname(file),
    anchor: "2026-01-05T13:00:00.000Z",
    seed: 1,
  });
  const ready = performance.now();
  await environment.stop();
  times.up.push((ready - start) / 1_000);
  times.down.push((performance.now() - ready) / 1_000);
}

async function oneOfCompose(file: string, times: Times): Promise<void> {
  const base = ["compose", "--project-name", "gauntlet-bench-compose", "--file", file];
  try {
    const up = await runCommand("docker", [...base, "up", "--detach", "--wait"]);
    times.up.push(up.durationMs / 1_000);
  } finally {
    const down = await runCommand("docker", [...base, "down", "--volumes", "--timeout", "0"]);
    times.down.push(down.durationMs / 1_000);
  }
}

function median(values: readonly number[]): number {
  const middle = percentile(values, 50);
  if (middle === undefined) throw new Error("no rounds were run");
  return middle;
}

function seconds(values: readonly number[]): string {
  return `${(values.at(-1) ?? 0).toFixed(2)} s`;
}
