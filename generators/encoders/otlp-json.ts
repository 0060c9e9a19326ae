import type { Attributes, Span, TenantSample } from "../sample/sample.ts";

/**
 * One tenant's spans as lines of OTLP JSON, each an ExportTraceServiceRequest with some whole traces, as the file
 * exporter of OpenTelemetry writes them. Lines have no newline at their end.
 */
export function* otlpTraceLines({ slug, spans }: TenantSample, maxSpans = 500): Generator<string> {
  let held: Span[] = [];
  for (const [index, span] of spans.entries()) {
    held.push(span);
    // A trace's spans stand together.
    const isTraceOver = spans[index + 1]?.traceId !== span.traceId;
    if (!isTraceOver || (held.length < maxSpans && index + 1 < spans.length)) continue;
    yield JSON.stringify({ resourceSpans: resourceSpansOf(slug, held) });
    held = [];
  }
}

function resourceSpansOf(tenant: string, spans: readonly Span[]) {
  const byService = Map.groupBy(spans, (span) => span.service);
  return [...byService].map(([service, members]) => ({
    resource: { attributes: attributesOf({ "service.name": service, "tenant.id": tenant }) },
    scopeSpans: [{ scope: { name: "gauntlet.generators" }, spans: members.map(encodeSpan) }],
  }));
}

const serverKind = 2;
const errorStatus = 2;

function encodeSpan(span: Span) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
    name: span.operation,
    kind: serverKind,
    startTimeUnixNano: `${span.startUs}000`,
    endTimeUnixNano: `${span.endUs}000`,
    attributes: attributesOf(span.attributes),
    status: span.isError ? { code: errorStatus } : {},
  };
}

/** 64-bit integers are strings in OTLP JSON. */
function attributesOf(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean) {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
