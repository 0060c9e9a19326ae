import { z } from "zod";
import type { Target, TargetState } from "#core/ports";
import type { Fault, HealContext, Observation, Presence } from "../fault.ts";

const schema = z.strictObject({ kind: z.literal("container.crash") });
type Settings = z.infer<typeof schema>;

const sigkillExitCode = 137;

/**
 * SIGKILL to PID 1 from outside its namespace: to the engine the service crashed, so its own restart policy has to
 * bring it back. Healing waits until it runs, and is healthy where it declares a check; it starts nothing itself.
 */
export const containerCrash = {
  kind: "container.crash",
  schema,
  describe: (_: Settings, service: string) => `SIGKILL to PID 1 of ${service}, from outside its namespace`,
  apply: (_: Settings, target: Target) => target.signalInit("SIGKILL"),
  async heal(_: Settings, target: Target, { clock, signal }: HealContext) {
    while (!isBack(await target.inspect())) await clock.sleep(100, signal);
  },
  presence,
} satisfies Fault<Settings>;

function isBack(state: TargetState): boolean {
  return state.isRunning && (state.health === undefined || state.health === "healthy");
}

/** Present when a running service died of a SIGKILL or runs as another incarnation, and nothing says otherwise. */
function presence({ service, before, now, changes }: Observation): Presence {
  const deaths = changes.filter((change) => change.kind === "died");
  const killed = deaths.find((change) => change.exitCode === sigkillExitCode);
  const isReplaced = now.isRunning && now.startedAt !== before.startedAt;
  const isDown = before.isRunning && !now.isRunning && now.exitCode === sigkillExitCode && !now.wasOomKilled;
  const evidence: string[] = [];
  if (killed) evidence.push(`${service} died with exit ${sigkillExitCode} at ${iso(killed.atMs)}`);
  else if (deaths.length > 0) evidence.push(`${service} died with exit ${deaths[0]?.exitCode ?? "unknown"}`);
  if (isDown) evidence.push(`${service} is down with exit ${sigkillExitCode}`);
  if (isReplaced) {
    evidence.push(
      `${service} started anew at ${now.startedAt} as host process ${now.hostPid} (before: ${before.startedAt}, ${before.hostPid})`,
    );
  }
  if (evidence.length === 0) evidence.push(`${service} still runs as host process ${now.hostPid}`);
  const diedOtherwise = killed === undefined && deaths.length > 0;
  return {
    observed: !diedOtherwise && (killed !== undefined || isDown || isReplaced),
    evidence,
    ...(isReplaced ? { endedAtMs: Date.parse(now.startedAt) } : {}),
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
