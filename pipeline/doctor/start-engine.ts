import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { processIdentity, statePath } from "#core/state";
import { DoctorError } from "./errors.ts";
import { findOnPath } from "./find-executable.ts";
import { ask, type DoctorContext, type Finding } from "./need.ts";

const readyTimeoutMs = 60_000;

/** Starts the installed engine and returns once it answers. With systemd as a service, else as a process of its own session. */
export async function startEngine(
  context: DoctorContext,
  examine: (context: DoctorContext) => Promise<Finding>,
): Promise<void> {
  if (!context.machine.isRoot) {
    throw new DoctorError("only root can start the Docker engine", {
      code: "ENGINE_NEEDS_ROOT",
      hint: "start it with sudo, then run doctor again",
    });
  }
  await context.step("starting the Docker engine", async () => {
    const engine = context.machine.runsSystemd ? await startUnit(context) : await startProcess(context);
    await waitForAnswer(context, examine, engine);
  });
}

interface StartedEngine {
  /** Set when it has ended by itself. */
  exited(): string | undefined;
  lastWords(): Promise<string>;
}

async function startUnit(context: DoctorContext): Promise<StartedEngine> {
  await context.records.add({ kind: "unit", name: "docker" });
  await context.run("systemctl", ["start", "docker"], { signal: context.signal, timeoutMs: 90_000 });
  return {
    exited: () => undefined,
    lastWords: async () =>
      (await ask(context, "journalctl", ["-u", "docker", "-n", "12", "--no-pager"]))?.stdout ?? "",
  };
}

async function startProcess(context: DoctorContext): Promise<StartedEngine> {
  if (!context.machine.hasControlGroups) await mountControlGroups(context);
  const file = await findOnPath("dockerd", context.env);
  if (!file) throw new DoctorError("there is no dockerd command", { code: "ENGINE_MISSING" });
  const logFile = statePath("dockerd.log");
  await mkdir(statePath(), { recursive: true });
  const log = await open(logFile, "a");
  let ended: string | undefined;
  try {
    // `detached` is setsid: no signal meant for us reaches it, and it holds none of our streams.
    const child = spawn(file, [], { detached: true, stdio: ["ignore", log.fd, log.fd], cwd: "/" });
    child.on("exit", (code, signal) => {
      ended = `ended with ${signal ?? code}`;
    });
    await once(child, "spawn");
    const identity = child.pid === undefined ? undefined : processIdentity(child.pid);
    if (identity) await context.records.add({ kind: "engine", ...identity });
    child.unref();
  } finally {
    await log.close();
  }
  return {
    exited: () => ended,
    lastWords: async () => (await readFile(logFile, "utf8")).trim().split("\n").slice(-6).join("\n"),
  };
}

/** Without systemd nobody else does it, and no engine starts without. */
async function mountControlGroups(context: DoctorContext): Promise<void> {
  const path = "/sys/fs/cgroup";
  await context.run("mount", ["-t", "cgroup2", "cgroup2", path], { signal: context.signal });
  await context.records.add({ kind: "mount", path });
}

async function waitForAnswer(
  context: DoctorContext,
  examine: (context: DoctorContext) => Promise<Finding>,
  engine: StartedEngine,
): Promise<void> {
  const deadline = context.clock.now() + readyTimeoutMs;
  for (;;) {
    const finding = await examine(context);
    if (finding.isPresent) return;
    const ended = engine.exited();
    if (ended !== undefined || context.clock.now() > deadline) {
      throw new DoctorError(
        `the Docker engine ${ended ?? `did not answer within ${readyTimeoutMs / 1000} s (${finding.reason})`}: ${await engine.lastWords()}`,
        { code: "ENGINE_DID_NOT_START", hint: `read ${statePath("dockerd.log")}` },
      );
    }
    await context.clock.sleep(250, context.signal);
  }
}
