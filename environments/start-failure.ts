import type Docker from "dockerode";
import { EnvironmentError } from "./errors.ts";
import { tailOfLog } from "./logs.ts";
import type { Instance, StartPlan } from "./start-plan.ts";

interface Context {
  docker: Docker;
  environment: string;
  timeoutMs: number;
  healthchecked: ReadonlySet<string>;
}

/** What is told about a service that did not come up: the reason, then the last lines of its log. */
export async function serviceFailed(context: Context, instance: Instance, exitCode: number) {
  return failure(context, instance, "SERVICE_FAILED", `exited with ${exitCode}${meaningOf(exitCode)}`);
}

export async function crashLoop(context: Context, instance: Instance, exitCode: number) {
  const times = `${instance.crashes} times`;
  return failure(
    context,
    instance,
    "SERVICE_CRASH_LOOP",
    `crashed ${times}, last with exit code ${exitCode}`,
  );
}

export async function exitedEarly(context: Context, instance: Instance, waiting: readonly string[]) {
  const who = waiting.join(", ");
  return failure(context, instance, "SERVICE_FAILED", `ended before it was healthy, which ${who} waits for`);
}

export async function unhealthy(context: Context, instance: Instance) {
  const probe = await lastProbe(context.docker, instance.container);
  return failure(context, instance, "SERVICE_UNHEALTHY", `is unhealthy${probe ? `: ${probe}` : ""}`);
}

export async function startTimedOut(context: Context, plan: StartPlan) {
  const seen = await Promise.all(
    plan.instances
      .filter((one) => one.state === "started")
      .map(async (one) => {
        if (!context.healthchecked.has(one.service))
          return `${one.container}: nothing answers on its published port`;
        const probe = await lastProbe(context.docker, one.container);
        return `${one.container}: its health check said ${probe ?? "nothing yet"}`;
      }),
  );
  const lines = [...plan.describeWaiting(), ...seen];
  const seconds = Math.round(context.timeoutMs / 100) / 10;
  return new EnvironmentError(`not ready after ${seconds} s:\n${lines.join("\n")}`, {
    code: "START_TIMED_OUT",
    hint: "look at the service's health check, or give it more time with `environment.startTimeoutMs`",
  });
}

async function failure(context: Context, instance: Instance, code: string, what: string) {
  const tail = await tailOfLog(context.docker, instance.container).catch(() => "");
  return new EnvironmentError(
    `service "${instance.service}" ${what}\n${tail ? indent(tail) : "  (its log is empty)"}`,
    {
      code,
      hint: `its last log lines are above; after a start that is kept, \`gauntlet env logs ${context.environment} ${instance.service}\` shows all`,
    },
  );
}

async function lastProbe(docker: Docker, container: string): Promise<string | undefined> {
  try {
    const { State } = await docker.getContainer(container).inspect();
    const last = State.Health?.Log?.at(-1);
    if (!last) return undefined;
    return `exit ${last.ExitCode}: ${last.Output.trim().slice(-400) || "no output"}`;
  } catch {
    return undefined;
  }
}

function meaningOf(exitCode: number): string {
  if (exitCode === 137) return " (killed, perhaps out of memory)";
  if (exitCode === 127) return " (command not found)";
  if (exitCode === 126) return " (command not executable)";
  return "";
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  | ${line}`)
    .join("\n");
}
