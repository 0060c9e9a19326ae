import { expect, it } from "vitest";
import { generateSample } from "../sample/generate-sample.ts";
import type { TenantSample } from "../sample/sample.ts";
import { otlpTraceLines } from "./otlp-json.ts";

const [tenant] = generateSample({ seed: 7, anchor: "2026-01-05T10:00:00Z", tenants: ["acme"], minutes: 5 })
  .tenants as [TenantSample];

type KeyValues = { key: string; value: object }[];
type Line = {
  resourceSpans: {
    resource: { attributes: KeyValues };
    scopeSpans: { spans: { traceId: string; spanId: string; startTimeUnixNano: string; kind: number }[] }[];
  }[];
};
const parse = (line: string) => JSON.parse(line) as Line;
const spansOf = ({ resourceSpans }: Line) =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

it("writes every span once, below its service and tenant, traces whole @req:C4 @req:C7", () => {
  const lines = [...otlpTraceLines(tenant, 50)].map(parse);
  expect(lines.length).toBeGreaterThan(5);
  expect(
    lines
      .flatMap(spansOf)
      .map(({ spanId }) => spanId)
      .sort(),
  ).toEqual(tenant.spans.map(({ spanId }) => spanId).sort());
  const traces = lines.map((line) => new Set(spansOf(line).map(({ traceId }) => traceId)));
  expect(traces.reduce((sum, { size }) => sum + size, 0)).toBe(5 * 20);
  const services = new Map(tenant.spans.map(({ spanId, service }) => [spanId, service]));
  for (const { resource, scopeSpans } of lines.flatMap(({ resourceSpans }) => resourceSpans)) {
    const service = services.get(scopeSpans[0]?.spans[0]?.spanId ?? "");
    expect(
      scopeSpans.flatMap(({ spans }) => spans).every(({ spanId }) => services.get(spanId) === service),
    ).toBe(true);
    expect(resource.attributes).toEqual([
      { key: "service.name", value: { stringValue: service } },
      { key: "tenant.id", value: { stringValue: "acme" } },
    ]);
  }
});

it("writes ids as hex, 64-bit numbers as text, enums as numbers", () => {
  const span: TenantSample["spans"][number] = {
    tenant: "acme",
    service: "api",
    operation: "GET /api/logs",
    traceId: "a".repeat(32),
    spanId: "b".repeat(16),
    parentSpanId: "c".repeat(16),
    startUs: 1_767_607_200_000_001,
    endUs: 1_767_607_200_250_000,
    status: "500",
    isError: true,
    attributes: { text: "t", whole: 500, half: 0.5, yes: true },
  };
  const [line = ""] = otlpTraceLines({ ...tenant, spans: [span] });
  expect(spansOf(parse(line))).toEqual([
    {
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      name: "GET /api/logs",
      kind: 2,
      startTimeUnixNano: "1767607200000001000",
      endTimeUnixNano: "1767607200250000000",
      attributes: [
        { key: "text", value: { stringValue: "t" } },
        { key: "whole", value: { intValue: "500" } },
        { key: "half", value: { doubleValue: 0.5 } },
        { key: "yes", value: { boolValue: true } },
      ],
      status: { code: 2 },
    },
  ]);
});
