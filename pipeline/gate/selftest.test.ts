import { expect, it } from "vitest";
import { gateRuleSchema } from "./rules.ts";
import { selftestGate } from "./selftest.ts";

it("proves that every kind of rule can block and that clean evidence passes @req:A5", async () => {
  const { cases, isSound } = await selftestGate();
  expect(cases.map(({ name, got }) => `${got} ${name}`)).toMatchSnapshot();
  expect(isSound).toBe(true);
  const kinds = gateRuleSchema.options.map((option) => option.shape.kind.value);
  const blocked = cases
    .filter(({ got }) => got !== "PASS" && got !== "WARN")
    .map(({ name }) => name.split(":")[0]);
  expect(blocked).toEqual(expect.arrayContaining(kinds));
});
