import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { batchesOf } from "./batches.ts";
import { forEachInFlight } from "./in-flight.ts";

const never = new AbortController().signal;

it("holds at most the limit at a time and takes no item before there is place", async () => {
  let taken = 0;
  let done = 0;
  let most = 0;
  function* items() {
    for (let item = 0; item < 20; item++) {
      taken++;
      most = Math.max(most, taken - done);
      yield item;
    }
  }
  await forEachInFlight(items(), { limit: 2, signal: never }, async () => {
    await delay(1);
    done++;
  });
  expect([taken, done, most]).toEqual([20, 20, 2]);
});

it("stops at the first failure, waits for what is under way and throws that failure", async () => {
  const ended: number[] = [];
  const work = forEachInFlight([0, 1, 2, 3], { limit: 2, signal: never }, async (item, signal) => {
    if (item === 0) throw new Error("first");
    await delay(20);
    ended.push(item);
    signal.throwIfAborted();
  });
  await expect(work).rejects.toThrow("first");
  expect(ended).toEqual([1]);
});

it("stops with the caller's reason", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const work = forEachInFlight([0, 1, 2], { limit: 1, signal: controller.signal }, async (item) => {
    seen.push(item);
    controller.abort(new Error("SIGTERM"));
  });
  await expect(work).rejects.toThrow("SIGTERM");
  expect(seen).toEqual([0]);
});

it("fills batches up to either limit and lets a single item exceed the bytes", () => {
  const split = (items: number[], maxItems: number, maxBytes: number) => [
    ...batchesOf(items, { maxItems, maxBytes }, (bytes) => ({ items: 1, bytes })),
  ];
  expect(split([1, 1, 1, 1, 1], 2, 100)).toEqual([[1, 1], [1, 1], [1]]);
  expect(split([4, 4, 4], 10, 8)).toEqual([[4, 4], [4]]);
  expect(split([1, 50, 1], 10, 8)).toEqual([[1], [50], [1]]);
  expect(split([], 10, 8)).toEqual([]);
});
