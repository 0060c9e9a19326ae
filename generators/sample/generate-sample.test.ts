import { beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "#core/command";
import { UsageError } from "#core/errors";
import { digestOf, generateSample, type SampleOptions } from "./generate-sample.ts";
import type { Sample, Span, TenantSample } from "./sample.ts";

const options: SampleOptions = { seed: 42, anchor: "2026-01-05T10:00:00.000Z", tenants: ["acme", "globex"] };
let sample: Sample;
let tenants: TenantSample[];

beforeAll(() => {
  sample = generateSample(options);
  tenants = sample.tenants;
});

describe("replay", () => {
  const digestInOtherProcess = async (changes: Partial<SampleOptions>) => {
    const program = `
      const { generateSample, digestOf } = await import("#generators");
      console.log(digestOf(generateSample(${JSON.stringify({ ...options, ...changes })})));`;
    const { stdout } = await runCommand(process.execPath, ["--input-type=module", "-e", program], {
      env: { TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8" },
    });
    return stdout.trim();
  };

  it("gives the same bytes in another process, other bytes for another seed or anchor @req:C1", async () => {
    const here = digestOf(sample);
    expect(await digestInOtherProcess({})).toBe(here);
    expect(await digestInOtherProcess({ seed: 43 })).not.toBe(here);
    expect(digestOf(generateSample({ ...options, anchor: "2026-01-05T11:00:00.000Z" }))).not.toBe(here);
  });

  it("holds the golden digest of a small sample @req:C1", () => {
    // Changes only with the model or with faker's version; both are worth a line in the changelog.
    const small = generateSample({ ...options, minutes: 2, requestsPerMinute: 5 });
    expect(digestOf(small)).toMatchInlineSnapshot(
      `"f8194c11ef28d1d1b5b807327586839158c8ca7021c5fc5a91fd62f2107809ce"`,
    );
  });

  it("keeps a tenant's data when another tenant is added behind it", () => {
    const more = generateSample({ ...options, tenants: ["acme", "globex", "initech"] });
    expect(more.tenants.slice(0, 2)).toEqual(tenants);
  });

  it("keeps the story and changes times and ids when only the anchor moves", () => {
    const later = generateSample({ ...options, anchor: "2026-01-05T11:00:00Z" });
    const story = (one: Sample) =>
      one.tenants.flatMap((tenant) => tenant.logs.map(({ message, level }) => [level, message]));
    expect(story(later)).toEqual(story(sample));
    const ids = new Set(spansIn(sample).map((span) => span.traceId));
    expect(spansIn(later).filter((span) => ids.has(span.traceId))).toEqual([]);
  });
});

describe("correlation", () => {
  it("resolves every log to a span of its tenant and service that contains its time @req:C6", () => {
    const spans = new Map(spansIn(sample).map((span) => [`${span.traceId}/${span.spanId}`, span]));
    const stray = logsIn(sample).filter((log) => {
      const span = spans.get(`${log.traceId}/${log.spanId}`);
      const isInside = span && log.timestampMs * 1000 >= span.startUs && log.timestampMs * 1000 <= span.endUs;
      return !isInside || span.tenant !== log.tenant || span.service !== log.service;
    });
    expect(logsIn(sample).length).toBeGreaterThan(4_000);
    expect(stray).toEqual([]);
  });

  it("gives every span a parent in its trace that contains it, and every trace one root @req:C4", () => {
    const byId = new Map(spansIn(sample).map((span) => [`${span.traceId}/${span.spanId}`, span]));
    expect(byId.size).toBe(spansIn(sample).length);
    const roots = spansIn(sample).filter((span) => span.parentSpanId === null);
    expect(roots).toHaveLength(2 * 30 * 20);
    expect(new Set(roots.map((span) => span.traceId)).size).toBe(roots.length);
    const loose = spansIn(sample).filter((span) => {
      if (span.parentSpanId === null) return false;
      const parent = byId.get(`${span.traceId}/${span.parentSpanId}`);
      return !parent || parent.startUs > span.startUs || parent.endUs < span.endUs;
    });
    expect(loose).toEqual([]);
  });

  it("counts in the RED metrics exactly what the spans say @req:C4 @req:C6", () => {
    for (const tenant of tenants) {
      const final = new Map(
        tenant.metrics.counters.map(({ labels, values }) => [Object.values(labels).join("|"), values.at(-1)]),
      );
      const expected = new Map<string, number>();
      for (const span of tenant.spans) {
        const key = [span.operation, span.service, span.tenant, span.status].join("|");
        expected.set(key, (expected.get(key) ?? 0) + 1);
      }
      expect(Object.fromEntries(final)).toEqual(Object.fromEntries(expected));
    }
  });

  it("agrees between counter and histogram at every point, and never falls @req:C3", () => {
    for (const { metrics } of tenants) {
      for (const histogram of metrics.histograms) {
        const counters = metrics.counters.filter(
          ({ labels }) =>
            labels["service"] === histogram.labels["service"] &&
            labels["operation"] === histogram.labels["operation"],
        );
        const summed = metrics.timestampsMs.map((_, at) =>
          counters.reduce((sum, { values }) => sum + (values[at] ?? Number.NaN), 0),
        );
        expect(histogram.counts).toEqual(summed);
        expect(histogram.buckets.at(-1)).toEqual(summed);
        for (const row of [...histogram.buckets, histogram.sumsUs])
          expect(row).toEqual(row.toSorted((a, b) => a - b));
      }
    }
  });

  it("takes every exemplar from a span whose duration falls into that bucket @req:C6", () => {
    for (const { metrics, spans } of tenants) {
      for (const { exemplars, boundsSeconds, labels } of metrics.histograms) {
        expect(exemplars.length).toBeGreaterThan(0);
        for (const { bucket, spanId, valueSeconds, timestampMs } of exemplars) {
          const span = spans.find((one) => one.spanId === spanId);
          expect(span).toMatchObject({ service: labels["service"], operation: labels["operation"] });
          expect((span?.endUs ?? 0) - (span?.startUs ?? 0)).toBe(Math.round(valueSeconds * 1e6));
          expect(timestampMs).toBe(Math.floor((span?.endUs ?? 0) / 1000));
          expect(valueSeconds).toBeGreaterThan(boundsSeconds[bucket - 1] ?? 0);
          expect(valueSeconds).toBeLessThanOrEqual(boundsSeconds[bucket] ?? Number.POSITIVE_INFINITY);
        }
      }
    }
  });
});

describe("tenants", () => {
  it("lets no value of a tenant into another's data @req:C6", () => {
    for (const tenant of tenants) {
      const others = tenants.filter((other) => other !== tenant);
      const text = JSON.stringify(others);
      const own = new Set([
        tenant.canary,
        tenant.slug,
        tenant.name,
        ...tenant.people.flatMap(({ displayName, email }) => [displayName, email]),
        ...tenant.logs.flatMap(({ attributes }) => {
          const address = attributes["client_address"];
          return address === undefined ? [] : [`"${address}"`];
        }),
      ]);
      expect(own.size).toBeGreaterThan(12);
      expect([...own].filter((value) => text.includes(value))).toEqual([]);
      const idsOf = (spans: readonly Span[]) => new Set(spans.flatMap((span) => [span.traceId, span.spanId]));
      const foreign = idsOf(others.flatMap((other) => other.spans));
      expect(idsOf(tenant.spans).isDisjointFrom(foreign)).toBe(true);
    }
  });

  it("marks every log, and the messages of some, with the tenant's canary", () => {
    for (const { logs, canary } of tenants) {
      expect(logs.every(({ attributes }) => attributes["canary"] === canary)).toBe(true);
      const marked = logs.filter(({ message }) => message.includes(canary)).length;
      expect(marked).toBeGreaterThan(100);
      expect(marked).toBeLessThan(logs.length / 4);
    }
  });

  it("gives each tenant one person per role", () => {
    for (const { people, slug } of tenants) {
      expect(people.map(({ username, tenant, email }) => [username, tenant, email])).toEqual(
        ["viewer", "editor", "operator", "admin"].map((role) => [role, slug, `${role}@${slug}.example`]),
      );
    }
  });
});

describe("likeness to production", () => {
  it("stays within the window and orders logs by time", () => {
    const { fromMs, toMs } = sample.window;
    expect(toMs - fromMs).toBe(30 * 60_000);
    const times = [
      ...spansIn(sample).flatMap(({ startUs, endUs }) => [startUs / 1000, endUs / 1000]),
      ...logsIn(sample).map((log) => log.timestampMs),
    ];
    expect(times.filter((at) => !(at >= fromMs && at <= toMs))).toEqual([]);
    for (const { logs } of tenants) {
      const order = logs.map((log) => log.timestampMs);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });

  it("holds four levels, failures, retries and a long tail @req:C2", () => {
    expect(new Set(logsIn(sample).map((log) => log.level))).toEqual(
      new Set(["debug", "info", "warn", "error"]),
    );
    const roots = spansIn(sample).filter((span) => span.parentSpanId === null);
    const errorShare = roots.filter((span) => span.isError).length / roots.length;
    expect(errorShare).toBeGreaterThan(0.001);
    expect(errorShare).toBeLessThan(0.05);
    expect(spansIn(sample).some((span) => span.attributes["http.request.resend_count"] === 1)).toBe(true);
    const durations = roots.map((span) => span.endUs - span.startUs).sort((a, b) => a - b);
    const at = (share: number) => durations[Math.floor(share * durations.length)] as number;
    expect(at(0.99) / at(0.5)).toBeGreaterThan(3);
    expect(at(0.99) / at(0.5)).toBeLessThan(20);
  });

  it("leaves out services that are not asked for and joins what is left", () => {
    const small = generateSample({ ...options, services: ["api", "logs"] });
    expect(new Set(spansIn(small).map((span) => span.service))).toEqual(new Set(["api", "logs"]));
    const api = new Set(
      spansIn(small)
        .filter((span) => span.service === "api")
        .map((span) => span.spanId),
    );
    const logs = spansIn(small).filter((span) => span.service === "logs");
    expect(logs.every((span) => api.has(span.parentSpanId ?? ""))).toBe(true);
  });
});

describe("bad input", () => {
  it.each<[string, Partial<SampleOptions>, RegExp]>([
    ["an unknown service", { services: ["api", "kafka"] }, /unknown services: kafka/],
    ["a graph without its centre", { services: ["edge"] }, /services lack api/],
    ["no tenant", { tenants: [] }, /no tenant/],
    ["a tenant named twice", { tenants: ["acme", "acme"] }, /named twice in acme, acme/],
    ["a tenant that is no slug", { tenants: ["Acme Inc"] }, /tenant "Acme Inc"/],
    ["an anchor that is no time", { anchor: "yesterday" }, /anchor "yesterday"/],
    ["a negative length", { minutes: -5 }, /minutes -5/],
    ["half a request", { requestsPerMinute: 0.5 }, /requestsPerMinute 0.5/],
    ["a seed that is no number", { seed: Number.NaN }, /seed NaN/],
  ])("refuses %s with exit code 2", (_, changes, message) => {
    const attempt = () => generateSample({ ...options, ...changes });
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(message);
  });
});

function spansIn({ tenants }: Sample) {
  return tenants.flatMap((tenant) => tenant.spans);
}

function logsIn({ tenants }: Sample) {
  return tenants.flatMap((tenant) => tenant.logs);
}
