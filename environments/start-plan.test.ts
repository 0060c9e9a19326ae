import { describe, expect, it } from "vitest";
import { dependencyGraph, oneShotsOf } from "./graph.ts";
import { type InstanceState, StartPlan } from "./start-plan.ts";
import { modelOf } from "./testing/model-of.ts";

const model = modelOf({
  services: {
    db: { image: "d" },
    migrate: { image: "m", depends_on: { db: { condition: "service_healthy" } } },
    api: {
      image: "a",
      scale: 2,
      depends_on: {
        migrate: { condition: "service_completed_successfully" },
        absent: { condition: "service_started", required: false },
      },
    },
    edge: { image: "e", depends_on: { api: { condition: "service_started" } } },
  },
});

function planOf() {
  const plan = new StartPlan("p", model, dependencyGraph(model));
  const set = (container: string, state: InstanceState) => {
    const instance = plan.instance(container);
    if (!instance) throw new Error(`no ${container}`);
    instance.state = state;
  };
  const startable = () => plan.startable().map((one) => one.container);
  return { plan, set, startable };
}

describe("the start plan @req:A1", () => {
  it("starts a container when it exists and what it waits for is satisfied, and not before", () => {
    const { plan, set, startable } = planOf();
    expect(startable()).toEqual([]);
    for (const { container } of plan.instances) set(container, "created");
    expect(startable()).toEqual(["p-db-1"]);
    set("p-db-1", "started");
    expect(startable()).toEqual([]);
    set("p-db-1", "healthy");
    expect(startable()).toEqual(["p-migrate-1"]);
    set("p-migrate-1", "healthy");
    expect(startable()).toEqual([]);
    set("p-migrate-1", "done");
    expect(startable()).toEqual(["p-api-1", "p-api-2"]);
    set("p-api-1", "started");
    expect(startable()).toEqual(["p-api-2"]);
    set("p-api-2", "healthy");
    expect(startable()).toEqual(["p-edge-1"]);
    expect(plan.isReady()).toBe(false);
    set("p-api-1", "healthy");
    set("p-edge-1", "healthy");
    expect(plan.isReady()).toBe(true);
  });

  it("says what each is waiting for", () => {
    const { plan, set } = planOf();
    for (const { container } of plan.instances) set(container, "created");
    set("p-db-1", "started");
    expect(plan.describeWaiting()).toEqual([
      "p-db-1 is started but not healthy",
      "p-migrate-1 waits for db (service_healthy)",
      "p-api-1 waits for migrate (service_completed_successfully)",
      "p-api-2 waits for migrate (service_completed_successfully)",
      "p-edge-1 waits for api (service_started)",
    ]);
    expect(plan.needHealthy("db")).toEqual(["migrate"]);
  });

  it("knows one-shots, waits for whoever's network it shares, and refuses what is not there", () => {
    expect([...oneShotsOf(dependencyGraph(model))]).toEqual(["migrate"]);
    const sharing = modelOf({
      services: { a: { image: "a" }, b: { image: "b", network_mode: "service:a" } },
    });
    expect(dependencyGraph(sharing).get("b")).toEqual([{ service: "a", condition: "service_started" }]);
    const broken = modelOf({ services: { a: { image: "a", depends_on: { b: {} } } } });
    expect(() => dependencyGraph(broken)).toThrow('service "a" depends on "b"');
  });

  it("has nothing to wait for in a service of no containers", () => {
    const none = modelOf({
      services: { a: { image: "a", deploy: { replicas: 0 } }, b: { image: "b", depends_on: { a: {} } } },
    });
    const plan = new StartPlan("p", none, dependencyGraph(none));
    expect(plan.instances.map((one) => one.container)).toEqual(["p-b-1"]);
    for (const one of plan.instances) one.state = "created";
    expect(plan.startable()).toHaveLength(1);
  });
});
