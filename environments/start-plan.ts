import type { DependencyGraph } from "./graph.ts";
import { type ComposeModel, replicasOf } from "./model.ts";

export type InstanceState = "absent" | "created" | "starting" | "started" | "healthy" | "done";

export interface Instance {
  readonly service: string;
  readonly container: string;
  state: InstanceState;
  /** Times it ended with an exit code other than 0. */
  crashes: number;
}

/** Which container may start when. Knows no engine and no clock; whoever drives it reports what happened. */
export class StartPlan {
  readonly #graph: DependencyGraph;
  readonly #instances = new Map<string, Instance>();

  constructor(project: string, model: ComposeModel, graph: DependencyGraph) {
    this.#graph = graph;
    for (const [service, definition] of Object.entries(model.services)) {
      for (let number = 1; number <= replicasOf(definition); number++) {
        const container = `${project}-${service}-${number}`;
        this.#instances.set(container, { service, container, state: "absent", crashes: 0 });
      }
    }
  }

  get instances(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  instance(container: string): Instance | undefined {
    return this.#instances.get(container);
  }

  /** Created containers whose dependencies are all satisfied. */
  startable(): Instance[] {
    return this.instances.filter((one) => one.state === "created" && this.#isUnblocked(one.service));
  }

  /** Everything is healthy or ran to its end. */
  isReady(): boolean {
    return this.instances.every((one) => one.state === "healthy" || one.state === "done");
  }

  /** One sentence for each service that is not ready, with what it waits for. */
  describeWaiting(): string[] {
    const waiting = this.instances.filter((one) => one.state !== "healthy" && one.state !== "done");
    return waiting.map(({ service, container, state }) => {
      const missing = (this.#graph.get(service) ?? []).filter((dependency) => !this.#isSatisfied(dependency));
      return missing.length > 0
        ? `${container} waits for ${missing.map((one) => `${one.service} (${one.condition})`).join(", ")}`
        : `${container} is ${state} but not healthy`;
    });
  }

  /** Services that wait for `service` to be healthy. */
  needHealthy(service: string): string[] {
    return [...this.#graph].flatMap(([name, waits]) =>
      waits.some((one) => one.service === service && one.condition === "service_healthy") ? [name] : [],
    );
  }

  #isUnblocked(service: string): boolean {
    return (this.#graph.get(service) ?? []).every((dependency) => this.#isSatisfied(dependency));
  }

  #isSatisfied({ service, condition }: { service: string; condition: string }): boolean {
    const enough: readonly InstanceState[] =
      condition === "service_healthy"
        ? ["healthy"]
        : condition === "service_completed_successfully"
          ? ["done"]
          : ["started", "healthy", "done"];
    return this.instances.every((one) => one.service !== service || enough.includes(one.state));
  }
}
