import { Agent, request } from "node:http";
import type { ObservedLoad, RunningWorkload, Workload } from "#core/ports";

export interface HttpWorkloadOptions {
  url: string;
  headers?: Record<string, string>;
  /** Requests started each second whatever the answers do (an open model, so a slow system is not spared). */
  perSecond: number;
  /** After this long a request counts as failed. Default 2000. */
  timeoutMs?: number;
}

interface Finished {
  atMs: number;
  latencyMs: number;
  hasFailed: boolean;
}

const maxInFlight = 200;

/** A light, steady stream of GET requests; a status of 500 or more, an error or a time-out counts as failed. */
export function httpWorkload(options: HttpWorkloadOptions): Workload {
  return {
    name: `${options.perSecond} GET/s of ${options.url}`,
    async start(signal) {
      return startRequests(options, signal);
    },
  };
}

function startRequests(options: HttpWorkloadOptions, signal: AbortSignal): RunningWorkload {
  const finished: Finished[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  let inFlight = 0;
  const send = () => {
    const startMs = Date.now();
    if (inFlight >= maxInFlight) {
      finished.push({ atMs: startMs, latencyMs: 0, hasFailed: true });
      return;
    }
    inFlight++;
    void getOnce(options, agent).then((hasFailed) => {
      inFlight--;
      finished.push({ atMs: Date.now(), latencyMs: Date.now() - startMs, hasFailed });
    });
  };
  const timer = setInterval(send, 1000 / options.perSecond);
  const stop = async () => {
    clearInterval(timer);
    agent.destroy();
    signal.removeEventListener("abort", stop);
  };
  signal.addEventListener("abort", stop, { once: true });
  return { observe: (fromMs, toMs) => observe(finished, fromMs, toMs), stop, [Symbol.asyncDispose]: stop };
}

function getOnce(options: HttpWorkloadOptions, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(
      options.url,
      { agent, headers: options.headers ?? {}, timeout: options.timeoutMs ?? 2000 },
      (response) => {
        response.resume();
        response.on("end", () => resolve((response.statusCode ?? 500) >= 500));
        response.on("error", () => resolve(true));
      },
    );
    sent.on("timeout", () => sent.destroy(new Error("timeout")));
    sent.on("error", () => resolve(true));
    sent.end();
  });
}

function observe(finished: readonly Finished[], fromMs: number, toMs: number): ObservedLoad {
  const within = finished.filter((one) => one.atMs >= fromMs && one.atMs < toMs);
  return {
    requests: within.length,
    failed: within.filter((one) => one.hasFailed).length,
    latencies: within.filter((one) => !one.hasFailed).map((one) => one.latencyMs),
  };
}
