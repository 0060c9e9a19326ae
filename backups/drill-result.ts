import { mergeVerdicts, type Verdict } from "#core/verdict";
import type { DigestDifference } from "./digest.ts";
import type { DrillCheck } from "./drill.ts";
import type { Manifest } from "./manifest.ts";
import type { BackupPolicy } from "./policy.ts";
import type { RestoredSource, RestoreResult } from "./restore-recovery-point.ts";

export interface DrillStep {
  name: "backup" | "provide" | "restore" | "check";
  durationMs: number;
}

export interface DrillPart {
  rule: string;
  verdict: Verdict;
  message: string;
  observed?: number;
  limit?: number;
  unit?: "ms";
}

/** What a drill came to. Plain data: goes into a bundle as it is. */
export interface DrillResult {
  v: 1;
  policy: string;
  recoveryPoint: string;
  steps: DrillStep[];
  sources: {
    name: string;
    engine: string;
    plainBytes: number;
    storedBytes: number;
    captureMs: number;
    verifyMs: number;
    restoreMs: number;
    digestMs: number;
    equal: number;
    unsettled: string[];
    differences: DigestDifference[];
  }[];
  /**
   * From the instant the oldest captured data is of to the moment its recovery point was complete: what a disaster right
   * then would have lost. The distance of scheduled backups comes on top.
   */
  rpoMs: number;
  /** Providing the environment, verifying, restoring, comparing and checking. The system was not down; nothing overlapped. */
  rtoMs: number;
  parts: DrillPart[];
  verdict: Verdict;
}

interface Measured {
  policy: BackupPolicy;
  manifest: Manifest;
  steps: DrillStep[];
  restored: RestoreResult;
  checks: readonly DrillCheck[];
  rpoMs: number;
  rtoMs: number;
}

/** Judges what was measured. Pure. */
export function judgeDrill(measured: Measured): DrillResult {
  const { policy, manifest, steps, restored, checks, rpoMs, rtoMs } = measured;
  const parts: DrillPart[] = [
    ...manifest.sources.map(({ source }) => digestPart(source.name, restored)),
    ...checks.map(({ name, verdict, message }) => ({ rule: `check ${name}`, verdict, message })),
    ...objectivePart("rpo", rpoMs, policy.objectives.rpoMs),
    ...objectivePart("rto", rtoMs, policy.objectives.rtoMs),
  ];
  return {
    v: 1,
    policy: policy.name,
    recoveryPoint: manifest.id,
    steps,
    sources: manifest.sources.map(({ source, data, durationMs }) => {
      const found = restored.sources.find(({ name }) => name === source.name);
      return {
        name: source.name,
        engine: source.engine,
        plainBytes: data.plainBytes,
        storedBytes: data.sizeBytes,
        captureMs: durationMs,
        verifyMs: found?.verifyMs ?? 0,
        restoreMs: found?.restoreMs ?? 0,
        digestMs: found?.digestMs ?? 0,
        equal: found?.comparison.equal ?? 0,
        unsettled: found?.comparison.unsettled ?? [],
        differences: found?.comparison.differences ?? [],
      };
    }),
    rpoMs,
    rtoMs,
    parts,
    verdict: mergeVerdicts(parts.map((part) => part.verdict)),
  };
}

const namedDifferences = 5;

function digestPart(name: string, restored: RestoreResult): DrillPart {
  const rule = `digest ${name}`;
  const source: RestoredSource | undefined = restored.sources.find((one) => one.name === name);
  if (!source) return { rule, verdict: "INCONCLUSIVE", message: `${name} was not restored` };
  const { equal, differences, unsettled } = source.comparison;
  if (differences.length > 0) {
    const named = differences.slice(0, namedDifferences).map((one) => `${one.kind} ${one.name}`);
    const more = differences.length - named.length;
    const message = `${differences.length} of ${equal + differences.length} entries differ: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    return { rule, verdict: "FAIL", message };
  }
  if (equal === 0) return { rule, verdict: "INCONCLUSIVE", message: `nothing of ${name} was compared` };
  if (unsettled.length > 0) {
    const message = `${equal} entries equal; changed during the backup and not compared: ${unsettled.slice(0, namedDifferences).join(", ")}`;
    return { rule, verdict: "WARN", message };
  }
  return { rule, verdict: "PASS", message: `${equal} entries equal` };
}

function objectivePart(rule: "rpo" | "rto", observed: number, limit: number | undefined): DrillPart[] {
  if (limit === undefined) return [];
  const isMet = observed <= limit;
  const message = `${observed} ms, at most ${limit} ms`;
  return [{ rule, verdict: isMet ? "PASS" : "FAIL", message, observed, limit, unit: "ms" }];
}
