import { UsageError } from "#core/errors";
import type { ComposeModel } from "./model.ts";

export type DependencyCondition = "service_started" | "service_healthy" | "service_completed_successfully";

export interface Dependency {
  service: string;
  condition: DependencyCondition;
}

/** What each service waits for. Optional dependencies that are not part of the model are dropped. */
export type DependencyGraph = ReadonlyMap<string, readonly Dependency[]>;

/** Compose has already added what `links`, `volumes_from` and shared namespaces imply, and refused cycles. */
export function dependencyGraph(model: ComposeModel): DependencyGraph {
  const graph = new Map<string, Dependency[]>();
  for (const [name, service] of Object.entries(model.services)) {
    const waits: Dependency[] = [];
    for (const [dependency, { condition, required }] of Object.entries(service.depends_on)) {
      if (dependency in model.services)
        waits.push({ service: dependency, condition: conditionOf(condition) });
      else if (required) throw missing(name, dependency, model);
    }
    for (const shared of [service.network_mode, service["ipc"], service["pid"]]) {
      const other = typeof shared === "string" ? /^service:(.+)$/.exec(shared)?.[1] : undefined;
      if (other !== undefined && other in model.services && !waits.some((one) => one.service === other)) {
        waits.push({ service: other, condition: "service_started" });
      }
    }
    graph.set(name, waits);
  }
  return graph;
}

/** Services somebody waits for to run to their end. */
export function oneShotsOf(graph: DependencyGraph): Set<string> {
  return dependedOnBy(graph, "service_completed_successfully");
}

export function dependedOnBy(graph: DependencyGraph, condition: DependencyCondition): Set<string> {
  return new Set(
    [...graph.values()].flat().flatMap((one) => (one.condition === condition ? [one.service] : [])),
  );
}

function conditionOf(text: string): DependencyCondition {
  return text === "service_healthy" || text === "service_completed_successfully" ? text : "service_started";
}

function missing(service: string, dependency: string, model: ComposeModel): UsageError {
  return new UsageError(`service "${service}" depends on "${dependency}", which is not started`, {
    code: "COMPOSE_INVALID",
    hint: `it may be behind a Compose profile; services here: ${Object.keys(model.services).join(", ")}`,
  });
}
