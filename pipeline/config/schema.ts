import { z } from "zod";
import { seedSchema } from "#generators";
import { gateRuleSchema } from "../gate/index.ts";
import { suiteSchema } from "./suite-schema.ts";

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "lower case letters, digits and dashes, starting with a letter");

/** By name, and by no other: `constructor` and the like are not found unless written. */
function named<Value extends z.ZodType>(value: Value) {
  return z
    .record(name, value)
    .transform((entries): typeof entries => Object.assign(Object.create(null), entries));
}

const secretSchema = z.union([
  /** Made fresh for each run. `rsa-key` is a 2048-bit PKCS#8 PEM, `aes-key` 32 bytes in base64. */
  z.strictObject({ generate: z.enum(["password", "rsa-key", "aes-key"]) }),
  /** Taken from a variable of the process environment. */
  z.strictObject({ env: z.string() }),
  /** Taken from a file, relative to the configuration file. */
  z.strictObject({ file: z.string() }),
]);

const environmentSchema = z.strictObject({
  /** Compose files, later ones override earlier ones. */
  composeFiles: z.array(z.string()).min(1),
  /** Named choices of Compose profiles and services for `--services`; `core` is what a run takes by default. */
  services: named(
    z.strictObject({ profiles: z.array(z.string()).default([]), only: z.array(z.string()).optional() }),
  ).prefault({ core: {} }),
  /** Interpolation variables of the Compose files. */
  variables: z.record(z.string(), z.string()).default({}),
  secrets: z.record(z.string().regex(/^[a-zA-Z0-9_.-]+$/), secretSchema).default({}),
  startTimeoutMs: z.number().int().positive().default(180_000),
});

const profileSchema = z.strictObject({
  extends: name.optional(),
  /** In the order of the report; order of execution is the planner's. */
  suites: z.array(name).optional(),
  services: name.optional(),
  seed: z.number().int().nonnegative().optional(),
  /** Wall time the whole run should stay under; more is told, not judged. */
  budgetSeconds: z.number().positive().optional(),
  /** Retries of a failed test; a pass on retry is reported as flaky (WARN), never as a plain pass. */
  retries: z.number().int().min(0).max(3).optional(),
});

export const configSchema = z.strictObject({
  project: name,
  environment: environmentSchema,
  seed: seedSchema.optional(),
  suites: named(suiteSchema),
  gates: z.strictObject({ rules: z.array(gateRuleSchema).default([]) }).default({ rules: [] }),
  profiles: named(profileSchema),
});

/** What people write in `gauntlet.config.ts`. */
export type GauntletConfig = z.input<typeof configSchema>;
/** The same after defaults. */
export type CheckedConfig = z.output<typeof configSchema>;

/** Types the configuration; does nothing else. */
export function defineConfig(config: GauntletConfig): GauntletConfig {
  return config;
}
