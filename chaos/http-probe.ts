import http from "node:http";
import https from "node:https";
import type { ObservedLoad, RunningWorkload, Workload } from "#core/ports";

export interface HttpProbeOptions {
  url: string;
  everyMs: number;
  timeoutMs: number;
  headers?: Record<string, string>;
  /** Certificate authority of an https endpoint, PEM. */
  ca?: string;
}

interface Sample {
  finishedAtMs: number;
  latencyMs: number;
  hasFailed: boolean;
}

/** No more at once: a hanging system must not be met with a growing crowd. */
const maxInFlight = 64;

/**
 * A light workload: GET `url` every `everyMs`, whether or not earlier ones were answered, each on a connection of its
 * own. A status below 400 within the time allowed is a success. A tick that finds too many unanswered counts as failed.
 */
export function httpProbe(options: HttpProbeOptions): Workload {
  return {
    name: `GET ${options.url} every ${options.everyMs} ms`,
    async start(signal) {
      signal.throwIfAborted();
      return startProbing(options, signal);
    },
  };
}

function startProbing(options: HttpProbeOptions, signal: AbortSignal): RunningWorkload {
  const samples: Sample[] = [];
  const stopped = new AbortController();
  const end = AbortSignal.any([signal, stopped.signal]);
  let inFlight = 0;
  const tick = async () => {
    const startMs = performance.now();
    const record = (hasFailed: boolean) =>
      samples.push({ finishedAtMs: Date.now(), latencyMs: performance.now() - startMs, hasFailed });
    if (inFlight >= maxInFlight) return record(true);
    inFlight++;
    const hasFailed = !(await isAnswered(options, end));
    inFlight--;
    return end.aborted || record(hasFailed);
  };
  const timer = setInterval(() => void tick(), options.everyMs);
  end.addEventListener("abort", () => clearInterval(timer), { once: true });
  const stop = async () => stopped.abort();
  return { observe: (fromMs, toMs) => observed(samples, fromMs, toMs), stop, [Symbol.asyncDispose]: stop };
}

function isAnswered(options: HttpProbeOptions, signal: AbortSignal): Promise<boolean> {
  const { url, headers, timeoutMs, ca } = options;
  const client = url.startsWith("https:") ? https : http;
  return new Promise((resolve) => {
    const request = client.get(
      url,
      {
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        ...(headers ? { headers } : {}),
        ...(ca ? { ca } : {}),
      },
      (response) => {
        response.on("end", () => resolve((response.statusCode ?? 500) < 400));
        response.on("error", () => resolve(false));
        response.resume();
      },
    );
    request.on("error", () => resolve(false));
  });
}

/** Samples are in the order they finished, so the window is found by bisection. */
function observed(samples: readonly Sample[], fromMs: number, toMs: number): ObservedLoad {
  const window = samples.slice(firstAtOrAfter(samples, fromMs), firstAtOrAfter(samples, toMs));
  return {
    requests: window.length,
    failed: window.filter((sample) => sample.hasFailed).length,
    latencies: window.map((sample) => sample.latencyMs),
  };
}

function firstAtOrAfter(samples: readonly Sample[], atMs: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle] as Sample).finishedAtMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
