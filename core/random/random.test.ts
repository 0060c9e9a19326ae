import fc from "fast-check";
import { expect, it } from "vitest";
import { randomStream } from "./index.ts";

it("gives the same numbers for the same seed and key, others for another key @req:C1", () => {
  const draw = (...key: string[]) =>
    Array.from(
      { length: 5 },
      (
        (stream) => () =>
          stream.uint32()
      )(randomStream(42, ...key)),
    );
  expect(draw("acme", "logs")).toEqual(draw("acme", "logs"));
  expect(draw("acme", "logs")).not.toEqual(draw("globex", "logs"));
  expect(draw("ab", "c")).not.toEqual(draw("a", "bc"));
});

it("holds the golden values of seed 42", () => {
  const stream = randomStream(42);
  expect([stream.uint32(), stream.uint32(), stream.uint32()]).toMatchInlineSnapshot(`
    [
      2447378633,
      906592318,
      3630255239,
    ]
  `);
});

it("keeps integers and picks within bounds", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), (seed, min, span) => {
      const value = randomStream(seed).integer(min, min + span);
      expect(value).toBeGreaterThanOrEqual(min);
      expect(value).toBeLessThanOrEqual(min + span);
    }),
  );
  expect(["a", "b"]).toContain(randomStream(1).pick(["a", "b"]));
  expect(() => randomStream(1).pick([])).toThrow("empty list");
});

it("spreads evenly: the mean of 100 000 draws is 0.5 within 0.005", () => {
  const stream = randomStream("even");
  let sum = 0;
  for (let i = 0; i < 100_000; i++) sum += stream.next();
  expect(Math.abs(sum / 100_000 - 0.5)).toBeLessThan(0.005);
});
