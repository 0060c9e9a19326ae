import { expect, it } from "vitest";
import { anchorOf, systemClock } from "./index.ts";

it("floors the anchor to the hour in UTC @req:C1", () => {
  expect(anchorOf(Date.UTC(2026, 0, 5, 13, 59, 59, 999))).toBe("2026-01-05T13:00:00.000Z");
});

it("sleeps about as long as asked", async () => {
  const startMs = systemClock.now();
  await systemClock.sleep(20);
  expect(systemClock.now() - startMs).toBeGreaterThanOrEqual(18);
});

it("wakes a sleeper when its signal aborts, before or during the sleep", async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(new Error("enough"));
  await expect(sleeping).rejects.toThrow("enough");
  await expect(systemClock.sleep(1, controller.signal)).rejects.toThrow("enough");
});
