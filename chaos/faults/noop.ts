import { z } from "zod";
import type { Fault, Observation, Presence } from "../fault.ts";

const schema = z.strictObject({ kind: z.literal("noop") });

type Settings = z.infer<typeof schema>;

/** Disturbs nothing: the comparison a real fault is held against. Present as long as nothing else disturbed the target. */
export const noop = {
  kind: "noop",
  schema,
  describe: (_: Settings, service: string) => `nothing is done to ${service}`,
  apply: async () => {},
  heal: async () => {},
  presence({ service, before, now, appliedAtMs }: Observation): Presence {
    const isUndisturbed = now.isRunning && now.startedAt === before.startedAt;
    return {
      observed: isUndisturbed,
      evidence: [
        isUndisturbed
          ? `${service} kept running as host process ${now.hostPid}`
          : `${service} changed although nothing was done to it`,
      ],
      endedAtMs: appliedAtMs,
    };
  },
} satisfies Fault<Settings>;
