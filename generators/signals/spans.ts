import type { Journey } from "../model/call-graph.ts";
import { isServerFault, type SimulatedCall } from "../model/simulate-request.ts";
import type { Attributes, Person, Span } from "../sample/sample.ts";

/** One simulated request and who made it: what spans and logs are derived from. */
export interface RequestContext {
  tenant: string;
  canary: string;
  journey: Journey;
  calls: readonly SimulatedCall[];
  person: Person;
  address: string;
  agent: string;
  /** What was searched for or uploaded. */
  subject: string;
  bytes: number;
  /** Its logs hold the tenant's canary in their messages. */
  isMarked: boolean;
}

/** One span per call, in call order. */
export function spansOf(
  context: RequestContext,
  identifiers: { traceId: string; nextSpanId: () => string },
): Span[] {
  const spans: Span[] = [];
  for (const call of context.calls) {
    spans.push({
      tenant: context.tenant,
      service: call.service,
      operation: call.operation,
      traceId: identifiers.traceId,
      spanId: identifiers.nextSpanId(),
      parentSpanId: spans[call.parent]?.spanId ?? null,
      startUs: call.startUs,
      endUs: call.endUs,
      status: call.status,
      isError: isServerFault(call.status),
      attributes: attributesOf(context, call),
    });
  }
  return spans;
}

function attributesOf(context: RequestContext, call: SimulatedCall): Attributes {
  const shared: Attributes = {
    ...(call.parent < 0 ? { "gauntlet.canary": context.canary, "user_agent.original": context.agent } : {}),
    ...(call.attempt > 1 ? { "http.request.resend_count": call.attempt - 1 } : {}),
    ...(call.failure ? { "error.type": call.failure.reason } : {}),
  };
  if (/^\d/.test(call.status)) {
    return {
      "http.request.method": context.journey.method,
      "http.route": context.journey.path,
      "http.response.status_code": Number(call.status),
      "client.address": context.address,
      "enduser.id": context.person.email,
      ...shared,
    };
  }
  return {
    "db.system.name": systems[call.service] as string,
    "db.operation.name": call.operation,
    ...shared,
  };
}

const systems: Readonly<Record<string, string>> = {
  postgres: "postgresql",
  redis: "redis",
  logs: "opensearch",
  objects: "s3",
};
