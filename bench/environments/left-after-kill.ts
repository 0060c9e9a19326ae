import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runCommand } from "#core/command";
import { randomStream } from "#core/random";
import { type BenchOptions, type Measure, measured } from "../measure.ts";

const settleMs = 5_000;
const seed = 20;

/**
 * Containers, networks and volumes left 5 s after kill -9 at random points between the process's first breath and some time
 * after everything is ready; every other time its whole process group is killed.
 */
export async function leftAfterKill(
  file: string,
  options: BenchOptions & { points: number },
): Promise<Measure[]> {
  const random = randomStream(seed, "left-after-kill");
  const ready = await timeToReady(file);
  let left = 0;
  for (let point = 0; point < options.points; point++) {
    const id = `bench-kill-${point}`;
    const afterMs = Math.round(random.next() * ready * 1.2);
    const isGroup = point % 2 === 1;
    const owner = startOwner(file, id);
    const ended = once(owner, "exit");
    await sleep(afterMs);
    process.kill(isGroup ? -(owner.pid ?? 0) : (owner.pid ?? 0), "SIGKILL");
    await ended;
    await sleep(settleMs);
    const names = await namesOf(id);
    left += names.length;
    options.say(
      `killed ${isGroup ? "the group" : "the process"} after ${afterMs} ms: ${names.length === 0 ? "nothing left" : names.join(" ")}`,
    );
  }
  return [
    measured("environments.left-after-kill", left, "1", {
      goal: { op: "<=", value: 0 },
      note: `containers, networks and volumes 5 s after kill -9 at ${options.points} points of 0 to ${Math.round(ready * 1.2)} ms, seed ${seed}, every other time the whole process group`,
    }),
  ];
}

async function timeToReady(file: string): Promise<number> {
  const start = performance.now();
  const owner = startOwner(file, "bench-kill-ready");
  const ended = once(owner, "exit");
  await new Promise<void>((resolve, reject) => {
    owner.stdout.on("data", (chunk) => {
      if (String(chunk).includes("ready ")) resolve();
    });
    ended.then(([code]) => reject(new Error(`the environment did not start: exit ${code}`)));
  });
  const durationMs = performance.now() - start;
  owner.kill("SIGKILL");
  await ended;
  await sleep(settleMs);
  return durationMs;
}

function startOwner(file: string, id: string) {
  const script = fileURLToPath(new URL("../../environments/testing/owner.ts", import.meta.url));
  const options = {
    id,
    composeFiles: [file],
    projectDirectory: dirname(file),
    anchor: "2026-01-05T13:00:00.000Z",
    seed: 1,
  };
  return spawn(process.execPath, [script, JSON.stringify(options)], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

async function namesOf(id: string): Promise<string[]> {
  const filter = ["--filter", `label=com.docker.compose.project=gauntlet-${id}`];
  const lists = await Promise.all([
    runCommand("docker", ["ps", "--all", "--format", "{{.Names}}", ...filter]),
    runCommand("docker", ["network", "ls", "--format", "{{.Name}}", ...filter]),
    runCommand("docker", ["volume", "ls", "--format", "{{.Name}}", ...filter]),
  ]);
  return lists.flatMap((list) => list.stdout.split("\n").filter(Boolean));
}
