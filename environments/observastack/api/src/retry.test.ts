import { expect, test } from "vitest";
import { withRetries } from "./retry.ts";

const failing = (times: number) => {
  const calls: number[] = [];
  const work = async (attempt: number) => {
    calls.push(attempt);
    if (attempt <= times) throw new Error(`failure ${attempt}`);
    return "done";
  };
  return { calls, work };
};

test("repeats until it works and tells of each repetition", async () => {
  const { calls, work } = failing(2);
  const told: number[] = [];
  const onRetry = (_error: unknown, attempt: number) => told.push(attempt);
  await expect(withRetries({ attempts: 3, backoffMs: 1, onRetry }, work)).resolves.toBe("done");
  expect({ calls, told }).toEqual({ calls: [1, 2, 3], told: [1, 2] });
});

test("throws the last error when attempts run out", async () => {
  await expect(withRetries({ attempts: 3, backoffMs: 1 }, failing(9).work)).rejects.toThrow("failure 3");
});

test("does not repeat what is not worth it", async () => {
  const { calls, work } = failing(9);
  const options = { attempts: 3, backoffMs: 1, isWorthRetrying: () => false };
  await expect(withRetries(options, work)).rejects.toThrow("failure 1");
  expect(calls).toEqual([1]);
});
