import type Docker from "dockerode";
import { describeEngineError } from "./engine.ts";
import type { ContainerEvent, EventStream } from "./engine-events.ts";
import { EnvironmentError } from "./errors.ts";
import type { DependencyGraph } from "./graph.ts";
import type { ComposeModel } from "./model.ts";
import { crashLoop, exitedEarly, serviceFailed, startTimedOut, unhealthy } from "./start-failure.ts";
import { type Instance, StartPlan } from "./start-plan.ts";
import { waitForTcp } from "./wait-for-tcp.ts";

export interface StartServicesOptions {
  docker: Docker;
  environment: string;
  project: string;
  model: ComposeModel;
  graph: DependencyGraph;
  /** Services whose containers have a health check, by their own definition or their image's. */
  healthchecked: ReadonlySet<string>;
  events: EventStream;
  timeoutMs: number;
  signal: AbortSignal;
  /** Runs before a container starts; the place to copy files into it. */
  beforeStart?: (service: string, container: string) => Promise<void>;
  onChange?: (service: string, state: "created" | "started" | "healthy" | "done" | "failed") => void;
}

export interface StartingServices {
  /** To be called once for each container, as soon as it exists and is attached to all its networks. */
  created(container: string): void;
  /** Resolves when everything is ready; rejects at the first failure, with its last log lines. */
  readonly ready: Promise<void>;
  /** Containers that ran to their end. */
  done(): Set<string>;
}

/** A service that restarts by its policy may need something that is not up yet; one that keeps crashing never comes up. */
const crashesAllowed = 3;

/** Starts each container the moment what it waits for is satisfied, driven by the engine's events alone. */
export function startServices(options: StartServicesOptions): StartingServices {
  const { docker, events, model } = options;
  const plan = new StartPlan(options.project, model, options.graph);
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const finished = new AbortController();
  const scope = AbortSignal.any([options.signal, finished.signal]);
  const timer = setTimeout(() => void failWith(startTimedOut(options, plan)), options.timeoutMs);

  function finish(error?: unknown): void {
    if (finished.signal.aborted) return;
    clearTimeout(timer);
    finished.abort();
    if (error === undefined) resolve();
    else reject(error);
  }

  let isFailing = false;
  async function failWith(failure: Promise<unknown>): Promise<void> {
    if (isFailing) return;
    isFailing = true;
    finish(await failure.catch((error: unknown) => error));
  }

  function advance(): void {
    if (isFailing || finished.signal.aborted) return;
    for (const instance of plan.startable()) void start(instance);
    if (plan.isReady()) finish();
  }

  async function start(instance: Instance): Promise<void> {
    instance.state = "starting";
    try {
      await options.beforeStart?.(instance.service, instance.container);
      await docker.getContainer(instance.container).start();
      if (instance.state === "starting") onStarted(instance);
    } catch (error) {
      options.onChange?.(instance.service, "failed");
      finish(startRefused(instance, error));
    }
  }

  function onStarted(instance: Instance): void {
    if (instance.state !== "starting") return;
    instance.state = "started";
    options.onChange?.(instance.service, "started");
    if (!options.healthchecked.has(instance.service)) void settleWithoutCheck(instance);
    advance();
  }

  /** Without a health check a service is healthy once its published port answers, or at once when it has none. */
  async function settleWithoutCheck(instance: Instance): Promise<void> {
    const ports = (model.services[instance.service]?.ports ?? []).filter((port) => port.protocol === "tcp");
    try {
      for (const { target } of ports) {
        await waitForTcp(docker, instance.container, target, scope);
      }
      if (instance.state === "started") becomeHealthy(instance);
    } catch {
      // Called off: whoever did that reports why. A container that died is reported by its event.
    }
  }

  function becomeHealthy(instance: Instance): void {
    instance.state = "healthy";
    options.onChange?.(instance.service, "healthy");
    advance();
  }

  function onEvent(event: ContainerEvent): void {
    const instance = plan.instance(event.containerName);
    if (!instance) return;
    if (event.action === "start") onStarted(instance);
    else if (event.action === "healthy") {
      onStarted(instance);
      if (instance.state === "started") becomeHealthy(instance);
    } else if (event.action === "unhealthy") fail(instance, unhealthy(options, instance));
    else if (event.action === "die") onDied(instance, event.exitCode ?? -1);
    else if (event.action === "destroy") fail(instance, Promise.resolve(removedByOther(instance)));
  }

  function onDied(instance: Instance, exitCode: number): void {
    const restart = model.services[instance.service]?.restart ?? "no";
    const comesBack = restart === "always" || restart === "unless-stopped";
    if (exitCode === 0 && !comesBack) onDone(instance);
    else if (exitCode !== 0 && !comesBack && !restart.startsWith("on-failure")) {
      fail(instance, serviceFailed(options, instance, exitCode));
    } else {
      if (exitCode !== 0) instance.crashes++;
      if (instance.crashes >= crashLimitOf(restart)) fail(instance, crashLoop(options, instance, exitCode));
      else instance.state = "starting";
    }
  }

  function onDone(instance: Instance): void {
    onStarted(instance);
    const isChecked = options.healthchecked.has(instance.service);
    const waiting = isChecked ? plan.needHealthy(instance.service) : [];
    if (waiting.length > 0 && instance.state !== "healthy") {
      fail(instance, exitedEarly(options, instance, waiting));
      return;
    }
    instance.state = "done";
    options.onChange?.(instance.service, "done");
    advance();
  }

  function fail(instance: Instance, failure: Promise<unknown>): void {
    if (!isFailing && !finished.signal.aborted) options.onChange?.(instance.service, "failed");
    void failWith(failure);
  }

  events.listen(onEvent, scope);
  if (options.signal.aborted) finish(options.signal.reason);
  else options.signal.addEventListener("abort", () => finish(options.signal.reason), { once: true });
  events.lost.addEventListener("abort", () => finish(events.lost.reason), { once: true });
  if (events.lost.aborted) finish(events.lost.reason);
  ready.catch(() => {});

  return {
    ready,
    done: () => new Set(plan.instances.flatMap((one) => (one.state === "done" ? [one.container] : []))),
    created(container) {
      const instance = plan.instance(container);
      if (instance?.state !== "absent") return;
      instance.state = "created";
      options.onChange?.(instance.service, "created");
      advance();
    },
  };
}

/** `on-failure:5` is tried five times again. */
function crashLimitOf(restart: string): number {
  const retries = /^on-failure:(\d+)$/.exec(restart)?.[1];
  return retries === undefined ? crashesAllowed : Number(retries) + 1;
}

export function startRefused(instance: Instance, error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const port = /(?:Bind for|listen \w+) [\d.]+:(\d+)/.exec(text)?.[1];
  if (port !== undefined) {
    return new EnvironmentError(`host port ${port} of service "${instance.service}" was taken meanwhile`, {
      code: "PORT_TAKEN",
      hint: `\`ss -ltnp 'sport = :${port}'\` shows who listens there; start again to get another port`,
      cause: error,
    });
  }
  return describeEngineError(`start ${instance.container}`, error);
}

function removedByOther(instance: Instance): EnvironmentError {
  return new EnvironmentError(
    `container ${instance.container} was removed by something else while starting`,
    {
      code: "CONTAINER_REMOVED",
      hint: "look for another process that cleans up containers on this engine",
    },
  );
}
