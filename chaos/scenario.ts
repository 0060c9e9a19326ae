import { z } from "zod";
import { loadDocument, parseDocument } from "#core/documents";
import { faultSettingsSchema } from "./faults/index.ts";

const ratio = z.number().min(0).max(1);
const milliseconds = z.number().int().positive();

/** What counts as the system's normal state, measured on the workload's own requests over a window of time. */
const toleranceSchema = z.strictObject({
  /** Failed requests, as a share of all. */
  errorRatio: ratio.default(0.01),
  /** 95th percentile of the latency. */
  p95Ms: z.number().positive().optional(),
  windowMs: milliseconds.default(5_000),
  /** Fewer than this in the window is no evidence. */
  minRequests: z.number().int().positive().default(10),
});

/** A light request sent again and again, for callers that bring no load of their own. */
const probeSchema = z.strictObject({
  service: z.string().min(1),
  /** Container port, where the service publishes several. */
  port: z.number().int().positive().optional(),
  path: z.string().startsWith("/").default("/"),
  everyMs: milliseconds.default(100),
  timeoutMs: milliseconds.default(2_000),
});

const bodySchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and dashes"),
  description: z.string().optional(),
  /** Decides everything drawn by chance; default the run's seed. */
  seed: z.number().int().optional(),
  /** Services the fault may act on; `one` draws one of them by the seed. */
  targets: z.strictObject({
    services: z.array(z.string().min(1)).min(1),
    pick: z.enum(["one", "all"]).default("one"),
  }),
  steadyState: z.strictObject({
    probe: probeSchema,
    tolerance: toleranceSchema.prefault({}),
    /** Load runs this long before the first window opens. */
    warmupMs: z.number().int().min(0).default(500),
  }),
  /** One phase with one fault, for now. */
  method: z.array(z.strictObject({ phase: z.string().min(1), fault: faultSettingsSchema })).length(1),
  expect: z.strictObject({
    recoversWithinMs: milliseconds,
    /** So many requests in a row must succeed before the system counts as recovered. */
    consecutiveSuccesses: z.number().int().positive().default(5),
  }),
});

export type ChaosScenario = z.infer<typeof bodySchema>;
export type Tolerance = z.infer<typeof toleranceSchema>;
export type ProbeSettings = z.infer<typeof probeSchema>;

/** Reads a scenario file (`version: 1, kind: ChaosScenario`). Throws UsageError that names file, line and path. */
export async function loadScenario(file: string): Promise<ChaosScenario> {
  return withoutEnvelope(await loadDocument(file, "ChaosScenario", bodySchema));
}

/** As loadScenario, on text; `file` is shown in messages. */
export function parseScenario(source: { file: string; text: string }): ChaosScenario {
  return withoutEnvelope(parseDocument(source, "ChaosScenario", bodySchema));
}

function withoutEnvelope(document: ChaosScenario): ChaosScenario {
  return bodySchema.parse(document);
}
