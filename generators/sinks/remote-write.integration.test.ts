import { afterAll, beforeAll, expect, it } from "vitest";
import { anchorOf, systemClock } from "#core/clock";
import { prometheusSeriesOf } from "../encoders/prometheus-series.ts";
import { generateSample } from "../sample/generate-sample.ts";
import { durationMetric, requestsMetric } from "../signals/red-metrics.ts";
import { type StartedPrometheus, startPrometheus } from "../testing/prometheus.ts";
import { remoteWriteSink } from "./remote-write-sink.ts";

let prometheus: StartedPrometheus;
const io = { clock: systemClock, signal: new AbortController().signal };
const sampleAt = (anchor: string) => generateSample({ seed: 42, anchor, tenants: ["acme", "globex"] });

beforeAll(async () => {
  prometheus = await startPrometheus();
}, 300_000);
afterAll(() => prometheus?.[Symbol.asyncDispose]());

const deliver = (anchor: string) =>
  remoteWriteSink({ url: `${prometheus.url}/api/v1/write` }).deliver(sampleAt(anchor), io);

// An hour further back, every point is older than what the series and the store hold already.
it.each([
  ["this hour's", 0],
  ["the last hour's", 1],
])(
  "reads back from a real Prometheus every point of %s sample, and no other @req:C3 @req:C7",
  async (_, hoursAgo) => {
    const sample = sampleAt(anchorOf(Date.now() - hoursAgo * 3_600_000));
    const count = await deliver(sample.anchor);
    expect(count.accepted).toBe(count.generated);

    const names = [requestsMetric, ...["bucket", "sum", "count"].map((part) => `${durationMetric}_${part}`)];
    const stored = await Promise.all(
      names.map((name) => prometheus.points(`${name}{job="gauntlet-seed"}`, sample.window)),
    );
    const sent = sample.tenants.flatMap(({ metrics }) =>
      prometheusSeriesOf(metrics).map(({ labels, values }) => ({
        labels: Object.fromEntries(labels),
        timestampsMs: metrics.timestampsMs,
        values,
      })),
    );
    const byLabels = (series: typeof sent) =>
      Object.fromEntries(series.map((one) => [JSON.stringify(Object.entries(one.labels).sort()), one]));
    expect(byLabels(stored.flat())).toEqual(byLabels(sent));
  },
);

it("stores exemplars that name traces of the sample @req:C3 @req:C6", async () => {
  const sample = sampleAt(anchorOf(Date.now()));
  const query = new URLSearchParams({
    query: `${durationMetric}_bucket{service="api"}`,
    start: String(sample.window.fromMs / 1000),
    end: String(sample.window.toMs / 1000),
  });
  const answer = await fetch(`${prometheus.url}/api/v1/query_exemplars?${query}`);
  const { data } = (await answer.json()) as {
    data: { seriesLabels: Record<string, string>; exemplars: { labels: { trace_id: string } }[] }[];
  };
  expect(data.length).toBeGreaterThan(10);
  for (const { seriesLabels, exemplars } of data) {
    const tenant = sample.tenants.find(({ slug }) => slug === seriesLabels["tenant"]);
    const traces = new Set(tenant?.spans.map(({ traceId }) => traceId));
    expect(exemplars.every(({ labels }) => traces.has(labels.trace_id))).toBe(true);
  }
});

it("may be repeated: the same seed and anchor change nothing", async () => {
  const { accepted, generated } = await deliver(anchorOf(Date.now()));
  expect(accepted).toBe(generated);
});

it("names samples that are older than the receiver takes, with the setting to change", async () => {
  const longAgo = anchorOf(Date.now() - 5 * 3_600_000);
  await expect(deliver(longAgo)).rejects.toMatchObject({
    code: "SEED_TOO_OLD",
    exitCode: 4,
    hint: expect.stringContaining("out_of_order_time_window"),
  });
});
