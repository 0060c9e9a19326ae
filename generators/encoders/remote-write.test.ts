import protobuf from "protobufjs";
import { expect, it } from "vitest";
import { generateSample } from "../sample/generate-sample.ts";
import { type PrometheusSeries, prometheusSeriesOf } from "./prometheus-series.ts";
import { encodeWriteRequest } from "./remote-write.ts";

// The official messages as far as remote write 1.0 defines them (prompb/remote.proto, prompb/types.proto).
const { root } = protobuf.parse(`
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; reserved 2; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
`);
const WriteRequest = root.lookupType("WriteRequest");
type Decoded = {
  timeseries: {
    labels: { name: string; value: string }[];
    samples: { value: number; timestamp: number }[];
    exemplars?: { labels: { name: string; value: string }[]; value: number; timestamp: number }[];
  }[];
};
const decode = (bytes: Uint8Array) => {
  const message = WriteRequest.decode(bytes);
  // Nothing unknown was written: encoding what was understood gives the same length.
  expect(WriteRequest.encode(message).finish().length).toBe(bytes.length);
  return WriteRequest.toObject(message, { longs: Number, defaults: true }) as Decoded;
};

const [tenant] = generateSample({
  seed: 7,
  anchor: "2026-01-05T10:00:00Z",
  tenants: ["acme"],
  minutes: 5,
}).tenants;
const metrics = tenant?.metrics as NonNullable<typeof tenant>["metrics"];

it("decodes, by the official messages, to the series that went in @req:C7", () => {
  const series = prometheusSeriesOf(metrics);
  const { timeseries } = decode(encodeWriteRequest(series, metrics.timestampsMs));
  const decoded = timeseries.map(({ labels, samples, exemplars = [] }): PrometheusSeries => {
    expect(samples.map(({ timestamp }) => timestamp)).toEqual(metrics.timestampsMs);
    const pairs = (some: typeof labels) => some.map(({ name, value }): [string, string] => [name, value]);
    return {
      labels: pairs(labels),
      values: samples.map(({ value }) => value),
      exemplars: exemplars.map(({ labels, value, timestamp }) => ({
        labels: pairs(labels),
        value,
        timestampMs: timestamp,
      })),
    };
  });
  expect(decoded).toEqual(series);
});

it("orders labels by name and gives every series a name of its own @req:C3", () => {
  const identities = prometheusSeriesOf(metrics).map(({ labels }) => {
    const names = labels.map(([name]) => name);
    expect(names).toEqual(names.toSorted());
    expect(names).toContain("__name__");
    return JSON.stringify(labels);
  });
  expect(new Set(identities).size).toBe(identities.length);
});

it("writes a histogram as cumulative buckets, sum and count in seconds", () => {
  const [histogram] = metrics.histograms;
  const all = prometheusSeriesOf({ ...metrics, counters: [], histograms: histogram ? [histogram] : [] });
  const named = (name: string) =>
    all.filter(({ labels }) =>
      labels.some(
        ([key, value]) => key === "__name__" && value === `service_request_duration_seconds_${name}`,
      ),
    );
  const bounds = named("bucket").map(({ labels }) => Object.fromEntries(labels)["le"]);
  expect(bounds).toEqual([
    "0.001",
    "0.005",
    "0.01",
    "0.025",
    "0.05",
    "0.1",
    "0.25",
    "0.5",
    "1",
    "2.5",
    "+Inf",
  ]);
  const last = named("bucket").map(({ values }) => values.at(-1) as number);
  expect(last).toEqual(last.toSorted((a, b) => a - b));
  expect(named("count")[0]?.values).toEqual(named("bucket").at(-1)?.values);
  expect(named("sum")[0]?.values.at(-1)).toBeCloseTo((histogram?.sumsUs.at(-1) ?? 0) / 1e6, 9);
});

it("holds values that are no whole numbers, negative or long", () => {
  const series: PrometheusSeries = {
    labels: [["__name__", "größe"]],
    values: [0.1, -3, 2 ** 53],
    exemplars: [],
  };
  const { timeseries } = decode(encodeWriteRequest([series], [-1, 0, 4_102_444_800_000]));
  expect(timeseries[0]?.samples).toEqual([
    { value: 0.1, timestamp: -1 },
    { value: -3, timestamp: 0 },
    { value: 2 ** 53, timestamp: 4_102_444_800_000 },
  ]);
  expect(timeseries[0]?.labels).toEqual([{ name: "__name__", value: "größe" }]);
});
