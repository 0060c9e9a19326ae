import type { SimulatedCall } from "../model/simulate-request.ts";
import type { Attributes, LogLevel, LogRecord, Span } from "../sample/sample.ts";
import type { RequestContext } from "./spans.ts";

/** What the services write while they serve the request; every record carries the ids of the span it was written in. */
export function logsOf(context: RequestContext, spans: readonly Span[]): LogRecord[] {
  return context.calls.flatMap((call, index) => {
    const span = spans[index] as Span;
    const lines = (writers[call.service] ?? writeNothing)(context, call);
    return lines.map(({ at, level, message, event, ...rest }) => ({
      tenant: context.tenant,
      timestampMs: momentWithin(span, at),
      service: call.service,
      level,
      message: context.isMarked ? `${message} [${context.canary}]` : message,
      traceId: span.traceId,
      spanId: span.spanId,
      attributes: { event, canary: context.canary, ...rest.attributes },
    }));
  });
}

interface Line {
  /** Where in the span, 0 to 1. */
  at: number;
  level: LogLevel;
  message: string;
  event: string;
  attributes?: Attributes;
}

type Writer = (context: RequestContext, call: SimulatedCall) => Line[];

/** Whole milliseconds inside the span; those who log take at least one, so there is one to be had. */
function momentWithin(span: Span, at: number): number {
  const first = Math.ceil(span.startUs / 1000);
  const last = Math.floor(span.endUs / 1000);
  return first + Math.floor((last - first) * at);
}

const writeNothing: Writer = () => [];

const writeAccess: Writer = ({ journey, address, agent, person, bytes }, call) => [
  {
    at: 1,
    level: levelOf(call.status),
    message: `${address} ${person.username} "${journey.method} ${journey.path} HTTP/1.1" ${call.status} ${bytes} "${agent}" ${milliseconds(call)}ms`,
    event: "access",
    attributes: {
      client_address: address,
      bytes,
      http_status: Number(call.status),
      duration_ms: milliseconds(call),
    },
  },
];

const writeGateway: Writer = ({ journey, person }, call) => [
  {
    at: 0,
    level: "debug",
    message: `forwarding ${journey.method} ${journey.path} of ${person.email} to the api`,
    event: "forwarded",
  },
  ...(call.failure
    ? [
        {
          at: 1,
          level: levelOf(call.status),
          message: `${journey.method} ${journey.path} ended with ${call.status}: ${call.failure.reason}`,
          event: "request_failed",
        },
      ]
    : []),
];

const writeApi: Writer = (context, call) => [
  {
    at: 0.1,
    level: "debug",
    message: `${context.person.displayName} ${intents[context.journey.name]} ${context.subject}`,
    event: "request_started",
  },
  call.failure
    ? {
        at: 1,
        level: levelOf(call.status),
        message: `${context.journey.name} of ${context.subject} failed with ${call.status}: ${call.failure.reason}`,
        event: "request_failed",
        attributes: { user: context.person.email, http_status: Number(call.status) },
      }
    : {
        at: 1,
        level: "info",
        message: `${context.journey.name} of ${context.subject} completed in ${milliseconds(call)} ms`,
        event: "request_completed",
        attributes: {
          user: context.person.email,
          http_status: Number(call.status),
          duration_ms: milliseconds(call),
        },
      },
];

const intents: Readonly<Record<string, string>> = {
  search: "searches for",
  ingest: "sends records of",
  login: "logs in from workstation",
  "list-files": "lists files of",
  upload: "uploads",
};

const slowStoreMs = 50;

const writeStore: Writer = (_context, call) => {
  if (call.failure)
    return [
      { at: 1, level: "error", message: `${call.operation}: ${call.failure.reason}`, event: "store_failed" },
    ];
  if (milliseconds(call) < slowStoreMs) return [];
  return [
    {
      at: 1,
      level: "warn",
      message: `slow ${call.operation}: ${milliseconds(call)} ms`,
      event: "store_slow",
      attributes: { duration_ms: milliseconds(call) },
    },
  ];
};

const writers: Readonly<Record<string, Writer>> = {
  edge: writeAccess,
  gateway: writeGateway,
  api: writeApi,
  postgres: writeStore,
  logs: writeStore,
  objects: writeStore,
};

function levelOf(status: string): LogLevel {
  if (status.startsWith("5")) return "error";
  return status.startsWith("4") ? "warn" : "info";
}

function milliseconds(call: SimulatedCall): number {
  return Math.round((call.endUs - call.startUs) / 1000);
}
