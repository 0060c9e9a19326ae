import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { GauntletError, UsageError } from "#core/errors";
import { writeFileAtomic } from "#core/state";
import { canonicalJson, readBundle, renderVerdict, type VerdictDocument } from "#reports";
import {
  baselineSchema,
  evaluate,
  type GateCondition,
  gateConditionSchema,
  gatePlanSchema,
  rulesOfSuites,
} from "../gate/index.ts";

/** The plan as a run folder holds it, whole, so that runs of different seeds differ; shards say which part is theirs. */
const storedPlanSchema = gatePlanSchema.loose().extend({
  suites: z.array(
    z.looseObject({
      name: z.string(),
      runner: z.string(),
      minTests: z.number().int().optional(),
      shard: z.number().int(),
    }),
  ),
  shard: z.object({ index: z.number().int(), count: z.number().int() }),
});

export interface Judged {
  document: VerdictDocument;
  /** verdict.json, byte for byte. */
  bytes: string;
  text: string;
}

/**
 * Judges one or several run folders from their files alone and writes nothing. One folder of a sharded run is judged
 * by its own suites; several are merged and must hold every suite of the plan. Throws UsageError for what is no run folder.
 */
export async function judgeRuns(folders: readonly string[]): Promise<Judged> {
  if (folders.length === 0) {
    throw new UsageError("no run to judge", {
      code: "NO_RUN",
      hint: "give --run DIR, a folder below .gauntlet/runs",
    });
  }
  const runs = await Promise.all(folders.map((folder) => readRun(resolve(folder))));
  const [first] = runs as [RunEvidence, ...RunEvidence[]];
  for (const run of runs) {
    if (canonicalJson(withoutShard(run.plan)) !== canonicalJson(withoutShard(first.plan))) {
      throw new UsageError(`${run.folder} has another plan than ${first.folder}`, {
        code: "PLANS_DIFFER",
        hint: "only shards of one run can be judged together",
      });
    }
  }
  const isWhole = runs.length > 1;
  const suites = first.plan.suites.filter((suite) => isWhole || suite.shard === first.plan.shard.index);
  const document = evaluate({
    plan: {
      suites,
      rules: rulesOfSuites(
        first.plan.rules,
        suites.map((suite) => suite.name),
      ),
    },
    bundles: runs.flatMap((run) => run.bundles),
    baselines: first.baselines,
    conditions: runs.flatMap((run) => run.conditions),
  });
  return { document, bytes: canonicalJson(document), text: renderVerdict(document) };
}

/** As judgeRuns on a run of one's own: keeps its conditions and the verdict in the folder. */
export async function judge(folder: string, conditions: readonly GateCondition[]): Promise<Judged> {
  await writeFileAtomic(join(folder, "conditions.json"), `${JSON.stringify(conditions, null, 2)}\n`);
  const judged = await judgeRuns([folder]);
  await writeFileAtomic(join(folder, "verdict.json"), judged.bytes);
  return judged;
}

type RunEvidence = Awaited<ReturnType<typeof readRun>>;

async function readRun(folder: string) {
  const plan = await readJson(folder, "plan.json", storedPlanSchema);
  const names = await readdir(join(folder, "bundles")).catch(() => []);
  return {
    folder,
    plan,
    baselines: await readJson(folder, "baselines.json", z.array(baselineSchema)),
    conditions: await readJson(folder, "conditions.json", z.array(gateConditionSchema)),
    bundles: await Promise.all(names.sort().map((name) => readBundle(join(folder, "bundles", name)))),
  };
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(join(folder, name), "utf8")));
  } catch (cause) {
    throw new GauntletError(`${folder} is not the folder of a run that was judged: cannot read ${name}`, {
      code: "NOT_A_RUN",
      hint: "give a folder below .gauntlet/runs",
      exitCode: 2,
      cause,
    });
  }
}

function withoutShard({ shard: _, ...plan }: z.infer<typeof storedPlanSchema>): unknown {
  return plan;
}
