import { z } from "zod";

const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, "lower case letters, digits and dashes, starting with a letter");
const path = z.string().startsWith("/");

/** A service of the environment; `port` is the port inside, needed only when it publishes several. */
const receiver = { service: z.string().min(1), port: z.int().min(1).max(65_535).optional() };

const peopleSchema = z.strictObject({
  ...receiver,
  path: path.default("/api/test/seed"),
  keyHeader: z.string().default("x-test-key"),
  /** Names of the environment's secrets, never values. */
  keySecret: z.string().min(1),
  /** Everybody's password; default the key. */
  passwordSecret: z.string().min(1).optional(),
});

const loginSchema = z.strictObject({
  path: path.default("/api/auth/login"),
  username: z.string().default("editor"),
  passwordSecret: z.string().min(1),
  fields: z
    .strictObject({
      tenant: z.string().default("tenant"),
      username: z.string().default("username"),
      password: z.string().default("password"),
      token: z.string().default("token"),
    })
    .prefault({}),
});

const logsSchema = z.strictObject({
  ...receiver,
  path: path.default("/api/logs"),
  login: loginSchema,
  /** Query of each tenant's last batch, which makes the receiver answer when everything can be found. */
  lastBatchQuery: z.string().default("wait=true"),
  maxRecords: z.int().min(1).max(1000).default(1000),
  fields: z
    .strictObject({
      records: z.string().default("records"),
      timestamp: z.string().default("timestamp"),
      service: z.string().default("service"),
      level: z.string().default("level"),
      message: z.string().default("message"),
      traceId: z.string().default("trace_id"),
      spanId: z.string().default("span_id"),
      attributes: z.string().default("attributes"),
      accepted: z.string().default("accepted"),
      rejected: z.string().default("rejected"),
      errors: z.string().default("errors"),
    })
    .prefault({}),
});

const metricsSchema = z.strictObject({ ...receiver, path: path.default("/api/v1/write") });

/** `seed` in `gauntlet.config.ts`. A signal without a receiver is not delivered. */
export const seedSchema = z.strictObject({
  tenants: z
    .array(slug)
    .min(1)
    .refine((slugs) => new Set(slugs).size === slugs.length, "names a tenant twice")
    .default(["acme", "globex"]),
  /** Of each tenant's history, ending at the anchor. */
  minutes: z.int().min(1).max(1440).default(30),
  /** Of each tenant. */
  requestsPerMinute: z.int().min(1).max(600).default(20),
  people: peopleSchema.optional(),
  logs: logsSchema.optional(),
  metrics: metricsSchema.optional(),
  /** `file`: traces.ndjson in the run folder. */
  traces: z.literal("file").optional(),
});

/** What people write. */
export type SeedConfig = z.input<typeof seedSchema>;
/** The same after defaults. */
export type CheckedSeedConfig = z.output<typeof seedSchema>;
