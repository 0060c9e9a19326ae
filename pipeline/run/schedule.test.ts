import { expect, it } from "vitest";
import type { Plan, PlannedSuite } from "../plan/index.ts";
import { runSuites } from "./schedule.ts";

const suite = (name: string, phase: PlannedSuite["phase"], after: string[] = [], shard = 1): PlannedSuite =>
  ({ name, phase, shard, config: { after } }) as unknown as PlannedSuite;

const planOf = (...suites: PlannedSuite[]): Plan =>
  ({ suites, shard: { index: 1, count: 2 } }) as unknown as Plan;

async function record(plan: Plan, atOnce: number) {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  await runSuites(plan, atOnce, async ({ name }) => {
    most = Math.max(most, ++running);
    order.push(`+${name}`);
    await new Promise((resolve) => setTimeout(resolve, name === "slow" ? 40 : 5));
    order.push(`-${name}`);
    running--;
  });
  return { order, most };
}

it("runs together what may, measured ones and drills alone afterwards @req:A3", async () => {
  const plan = planOf(
    suite("a", "together"),
    suite("slow", "together"),
    suite("load", "measured"),
    suite("drill", "drill"),
  );
  const { order, most } = await record(plan, 2);
  expect(most).toBe(2);
  expect(order.slice(-4)).toEqual(["+load", "-load", "+drill", "-drill"]);
});

it("holds a suite back until those it comes after have ended", async () => {
  const { order } = await record(
    planOf(suite("slow", "together"), suite("b", "together", ["slow"]), suite("c", "together")),
    3,
  );
  expect(order.indexOf("+b")).toBeGreaterThan(order.indexOf("-slow"));
  expect(order.indexOf("+c")).toBeLessThan(order.indexOf("-slow"));
});

it("leaves other shards' suites alone", async () => {
  const { order } = await record(planOf(suite("mine", "together"), suite("theirs", "together", [], 2)), 2);
  expect(order).toEqual(["+mine", "-mine"]);
});
