import { createHash } from "node:crypto";
import { UsageError } from "#core/errors";
import { randomStream } from "#core/random";
import { callGraph, type Journey } from "../model/call-graph.ts";
import { simulateRequest } from "../model/simulate-request.ts";
import { logsOf } from "../signals/logs.ts";
import { redMetricsOf } from "../signals/red-metrics.ts";
import { type RequestContext, spansOf } from "../signals/spans.ts";
import { canaryOf, requestIdentifiers } from "./identifiers.ts";
import { makePeople } from "./people.ts";
import { fillPools, type Pool } from "./pools.ts";
import type { Sample, TenantSample } from "./sample.ts";

export interface SampleOptions {
  seed: number;
  /** ISO 8601; end of the window. The run's start floored to the hour. */
  anchor: string;
  tenants: readonly string[];
  /** Services of the built-in call graph to keep; default all. */
  services?: readonly string[];
  /** Length of the window; default 30. */
  minutes?: number;
  /** Of each tenant; default 20. */
  requestsPerMinute?: number;
}

/**
 * Simulates every request once and derives people, logs, metrics and traces from it. Reads no clock: the same
 * options give the same bytes. Throws UsageError for impossible options.
 */
export function generateSample(options: SampleOptions): Sample {
  const { seed, tenants, minutes = 30, requestsPerMinute = 20 } = options;
  const toMs = Date.parse(options.anchor);
  assertPossible(options, toMs);
  const anchor = new Date(toMs).toISOString();
  const window = { fromMs: toMs - minutes * 60_000, toMs };
  const journeys = callGraph(options.services);
  const pools = fillPools(seed, anchor, tenants);
  const shared = { seed, anchor, window, journeys, requests: minutes * requestsPerMinute };
  return {
    seed,
    anchor,
    window,
    tenants: tenants.map((slug) => generateTenant(slug, pools.get(slug) as Pool, shared)),
  };
}

/** sha256 over the whole sample. */
export function digestOf(sample: Sample): string {
  return createHash("sha256").update(JSON.stringify(sample)).digest("hex");
}

interface Shared {
  seed: number;
  anchor: string;
  window: Sample["window"];
  journeys: readonly Journey[];
  requests: number;
}

/** The longest a request can take, rounded up: none starts later than this before the window's end. */
const longestRequestMs = 5_000;

function generateTenant(slug: string, pool: Pool, shared: Shared): TenantSample {
  const { seed, window } = shared;
  const canary = canaryOf(seed, slug);
  const people = makePeople(slug, pool);
  const slotUs = ((window.toMs - window.fromMs - longestRequestMs) * 1000) / shared.requests;
  const spans: TenantSample["spans"] = [];
  const logs: TenantSample["logs"] = [];
  for (let request = 0; request < shared.requests; request++) {
    const random = randomStream(seed, slug, "request", request);
    const startUs = window.fromMs * 1000 + Math.floor((request + random.next()) * slotUs);
    const journey = pickByWeight(shared.journeys, random.next());
    const context: RequestContext = {
      tenant: slug,
      canary,
      journey,
      calls: simulateRequest(journey, startUs, random),
      person: random.pick(people),
      address: random.pick(pool.addresses),
      agent: random.pick(pool.agents),
      subject: random.pick(journey.name === "upload" ? pool.files : pool.terms),
      bytes: random.integer(180, 48_000),
      isMarked: request % 10 === 0,
    };
    const requestSpans = spansOf(context, requestIdentifiers(seed, shared.anchor, slug, request));
    spans.push(...requestSpans);
    logs.push(...logsOf(context, requestSpans));
  }
  logs.sort((a, b) => a.timestampMs - b.timestampMs);
  return { slug, name: pool.company, canary, people, spans, logs, metrics: redMetricsOf(spans, window) };
}

function pickByWeight(journeys: readonly Journey[], draw: number): Journey {
  const total = journeys.reduce((sum, journey) => sum + journey.weight, 0);
  let rest = draw * total;
  const found = journeys.find((journey) => {
    rest -= journey.weight;
    return rest < 0;
  });
  return found as Journey;
}

function assertPossible(options: SampleOptions, anchorMs: number): void {
  const { seed, tenants, minutes = 30, requestsPerMinute = 20 } = options;
  const problems = [
    Number.isSafeInteger(seed) && seed >= 0 ? [] : [`seed ${seed} is not a whole number from 0`],
    Number.isNaN(anchorMs) ? [`anchor "${options.anchor}" is not an ISO 8601 time`] : [],
    tenants.length > 0 ? [] : ["there is no tenant"],
    new Set(tenants).size === tenants.length ? [] : [`a tenant is named twice in ${tenants.join(", ")}`],
    tenants
      .filter((slug) => !/^[a-z][a-z0-9-]*$/.test(slug))
      .map((slug) => `tenant "${slug}" is not lower-case letters, digits and dashes`),
    Number.isInteger(minutes) && minutes >= 1 ? [] : [`minutes ${minutes} is not a whole number from 1`],
    Number.isInteger(requestsPerMinute) && requestsPerMinute >= 1
      ? []
      : [`requestsPerMinute ${requestsPerMinute} is not a whole number from 1`],
  ].flat();
  if (problems.length === 0) return;
  throw new UsageError(`the telemetry sample cannot be made: ${problems.join("; ")}`, {
    code: "IMPOSSIBLE_SAMPLE",
    hint: "correct the seed settings of the configuration",
  });
}
