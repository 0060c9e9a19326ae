import { z } from "zod";

const common = {
  /** After this long the suite is stopped and counts as ERROR. */
  timeoutMs: z.number().int().positive(),
  /** Fewer executed tests than this is INCONCLUSIVE. */
  minTests: z.number().int().positive().default(1),
  /** Suites of whose data this one would disturb, or be disturbed by, the outcome run before it. */
  after: z.array(z.string()).default([]),
};

/** Where requests go: a service's published port and a path on it. */
export const urlSchema = z.strictObject({
  service: z.string(),
  target: z.number().int().optional(),
  path: z.string().startsWith("/").default("/"),
});

const playwright = z.strictObject({
  runner: z.literal("playwright"),
  config: z.string(),
  ...common,
  timeoutMs: common.timeoutMs.default(300_000),
});

const vitest = z.strictObject({
  runner: z.literal("vitest"),
  /** Paths or globs of the test files, relative to the configuration file. */
  files: z.array(z.string()).min(1),
  ...common,
  timeoutMs: common.timeoutMs.default(180_000),
});

/** A script of the team, or the built-in ramp over `urls`. */
const k6 = z.strictObject({
  runner: z.literal("k6"),
  script: z.string().optional(),
  urls: z.array(urlSchema).optional(),
  durationSeconds: z.number().positive().max(172_800).default(15),
  virtualUsers: z.number().int().positive().max(1000).default(5),
  ...common,
  timeoutMs: common.timeoutMs.default(180_000),
});

/** Each published endpoint answers. */
const smoke = z.strictObject({
  runner: z.literal("smoke"),
  endpoints: z.array(urlSchema).optional(),
  ...common,
  timeoutMs: common.timeoutMs.default(60_000),
});

/** A scenario file, or the built-in crash of each service in `crash`. */
const chaos = z.strictObject({
  runner: z.literal("chaos"),
  scenario: z.string().optional(),
  crash: z.array(z.string()).optional(),
  /** The request that tells whether the system serves. */
  probe: urlSchema.optional(),
  ...common,
  timeoutMs: common.timeoutMs.default(240_000),
});

/** A policy file, or the built-in one for each database service in `databases`. */
const drill = z.strictObject({
  runner: z.literal("drill"),
  policy: z.string().optional(),
  databases: z.array(z.string()).optional(),
  /** Test files run against the source before it is backed up, to put data where the seed puts none. */
  prepare: z.array(z.string()).default([]),
  /** Test files run against the restored environment. */
  smoke: z.array(z.string()).default([]),
  ...common,
  timeoutMs: common.timeoutMs.default(300_000),
});

export const suiteSchema = z
  .discriminatedUnion("runner", [playwright, vitest, k6, smoke, chaos, drill])
  .superRefine((suite, context) => {
    const either = (a: string, b: string, has: [boolean, boolean]) => {
      if (has[0] === has[1]) context.addIssue({ code: "custom", message: `needs either ${a} or ${b}` });
    };
    if (suite.runner === "k6")
      either("script", "urls", [suite.script !== undefined, suite.urls !== undefined]);
    if (suite.runner === "chaos")
      either("scenario", "crash", [suite.scenario !== undefined, suite.crash !== undefined]);
    if (suite.runner === "drill")
      either("policy", "databases", [suite.policy !== undefined, suite.databases !== undefined]);
  });

export type SuiteConfig = z.output<typeof suiteSchema>;
export type RunnerName = SuiteConfig["runner"];
export type SuiteOf<Name extends RunnerName> = Extract<SuiteConfig, { runner: Name }>;
export type ServiceUrl = z.output<typeof urlSchema>;
