import { z } from "zod";
import { parseReport } from "./results.ts";

/** A k6 summary in one shape, whichever of k6's three it was written in. */
export interface K6Summary {
  metrics: K6Metric[];
  checks: { name: string; groups: string[]; passes: number; fails: number }[];
}

export interface K6Metric {
  name: string;
  labels: Record<string, string>;
  type: "trend" | "rate" | "counter" | "gauge";
  contains: "time" | "data" | "default";
  values: Record<string, number>;
  thresholds: { expression: string; isMet: boolean }[];
}

const valuesSchema = z.record(z.string(), z.number().nullable());
const checkSchema = z.looseObject({ name: z.string(), passes: z.number(), fails: z.number() });

interface Group {
  name: string;
  groups: Group[] | Record<string, Group>;
  checks: z.infer<typeof checkSchema>[] | Record<string, z.infer<typeof checkSchema>>;
}
const groupSchema: z.ZodType<Group> = z.lazy(() =>
  z.looseObject({
    name: z.string(),
    groups: z.union([z.array(groupSchema), z.record(z.string(), groupSchema)]).default([]),
    checks: z.union([z.array(checkSchema), z.record(z.string(), checkSchema)]).default([]),
  }),
);

const typeSchema = z.enum(["trend", "rate", "counter", "gauge"]);

/** What `handleSummary(data)` is given in k6 1.x. */
const handleSummarySchema = z.looseObject({
  root_group: groupSchema,
  metrics: z.record(
    z.string(),
    z.looseObject({
      type: typeSchema,
      contains: z.string(),
      values: valuesSchema,
      thresholds: z.record(z.string(), z.looseObject({ ok: z.boolean() })).default({}),
    }),
  ),
});

/** What `--summary-export` writes in k6 1.x: values without their type; a threshold is `true` when it was crossed. */
const exportSchema = z.looseObject({
  root_group: groupSchema,
  metrics: z.record(
    z.string(),
    z
      .looseObject({ thresholds: z.record(z.string(), z.boolean()).default({}) })
      .refine((metric) => !("type" in metric) && !("values" in metric)),
  ),
});

/** `--new-machine-readable-summary` of k6 1.x, the default of 2.x. It does not tell which thresholds were crossed. */
const machineReadableSchema = z.looseObject({
  results: z.looseObject({
    checks: z.looseObject({ results: z.array(checkSchema) }).optional(),
    metrics: z.array(
      z.looseObject({ name: z.string(), type: typeSchema, contains: z.string(), values: valuesSchema }),
    ),
  }),
});

export function parseK6Summary(report: unknown): K6Summary {
  const machineReadable = machineReadableSchema.safeParse(report);
  if (machineReadable.success) return fromMachineReadable(machineReadable.data);
  const exported = exportSchema.safeParse(report);
  if (exported.success) return fromExport(exported.data);
  return fromHandleSummary(parseReport("k6", handleSummarySchema, report));
}

function fromHandleSummary({ root_group, metrics }: z.infer<typeof handleSummarySchema>): K6Summary {
  return {
    metrics: Object.entries(metrics).map(([key, { type, contains, values, thresholds }]) => ({
      ...nameAndLabels(key),
      type,
      contains: contentOf(contains),
      values: numbersOf(values),
      thresholds: Object.entries(thresholds).map(([expression, { ok }]) => ({ expression, isMet: ok })),
    })),
    checks: checksOf(root_group, []),
  };
}

function fromExport({ root_group, metrics }: z.infer<typeof exportSchema>): K6Summary {
  return {
    metrics: Object.entries(metrics).map(([key, { thresholds, ...values }]) => {
      const named = nameAndLabels(key);
      const type = typeOfValues(values);
      return {
        ...named,
        type,
        contains: guessContent(named.name),
        values: numbersOf(type === "rate" ? { ...values, rate: values["value"] } : values),
        thresholds: Object.entries(thresholds).map(([expression, crossed]) => ({
          expression,
          isMet: !crossed,
        })),
      };
    }),
    checks: checksOf(root_group, []),
  };
}

function fromMachineReadable({ results }: z.infer<typeof machineReadableSchema>): K6Summary {
  return {
    metrics: results.metrics.map(({ name, type, contains, values }) => ({
      ...nameAndLabels(name),
      type,
      contains: contentOf(contains),
      values: numbersOf(
        type === "rate"
          ? {
              ...values,
              passes: values["matches"],
              fails: Number(values["total"]) - Number(values["matches"]),
            }
          : Object.fromEntries(
              Object.entries(values).map(([key, value]) => [
                key.replace(/^p(\d+(?:\.\d+)?)$/, "p($1)"),
                value,
              ]),
            ),
      ),
      thresholds: [],
    })),
    checks: (results.checks?.results ?? []).map((check) => ({ ...pick(check), groups: [] })),
  };
}

function checksOf(group: Group, path: readonly string[]): K6Summary["checks"] {
  const own = Object.values(group.checks).map((check) => ({ ...pick(check), groups: [...path] }));
  const inner = Object.values(group.groups).flatMap((child) => checksOf(child, [...path, child.name]));
  return [...own, ...inner];
}

function pick({ name, passes, fails }: z.infer<typeof checkSchema>) {
  return { name, passes, fails };
}

/** `http_req_duration{name:search,status:200}` */
function nameAndLabels(key: string): { name: string; labels: Record<string, string> } {
  const match = /^([^{]+)\{(.*)\}$/.exec(key);
  if (match === null) return { name: key, labels: {} };
  const pairs = (match[2] ?? "").split(",").map((pair) => {
    const colon = pair.indexOf(":");
    return [
      pair.slice(0, colon < 0 ? undefined : colon).trim(),
      colon < 0 ? "" : pair.slice(colon + 1).trim(),
    ];
  });
  return { name: match[1] as string, labels: Object.fromEntries(pairs) as Record<string, string> };
}

function typeOfValues(values: Readonly<Record<string, unknown>>): K6Metric["type"] {
  if ("passes" in values) return "rate";
  if ("avg" in values || "med" in values) return "trend";
  return "count" in values && "rate" in values ? "counter" : "gauge";
}

function guessContent(name: string): K6Metric["contains"] {
  if (/^data_(sent|received)$/.test(name)) return "data";
  return /^http_req_(?!failed)|duration|_(connecting|session|ping)$/.test(name) ? "time" : "default";
}

function contentOf(contains: string): K6Metric["contains"] {
  return contains === "time" || contains === "data" ? contains : "default";
}

function numbersOf(values: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
}
