import { z } from "zod";

export const operators = ["<", "<=", ">", ">=", "="] as const;
export type Operator = (typeof operators)[number];

/** What an observed value is held against; `percent` limits are relative to a baseline. */
export interface Limit {
  op: Operator;
  value: number;
  relativeTo: "nothing" | "baseline";
}

const written = /^\s*(<=|>=|<|>|==?)\s*([+-]?)\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%?)\s*$/i;

/**
 * `<250`, `>=0.99`, `=0`; against the baseline `<=+10%` (at most ten per cent above it), `>=-5%` (at most five below).
 * Undefined for anything else, a percentage without sign included: it could mean either.
 */
export function parseLimit(text: string): Limit | undefined {
  const match = written.exec(text);
  if (match === null) return undefined;
  const [, op = "", sign = "", digits = "", percent = ""] = match;
  if (percent === "%" && sign === "") return undefined;
  return {
    op: (op === "==" ? "=" : op) as Operator,
    value: Number(`${sign}${digits}`),
    relativeTo: percent === "%" ? "baseline" : "nothing",
  };
}

export function holds(observed: number, op: Operator, value: number): boolean {
  switch (op) {
    case "<":
      return observed < value;
    case "<=":
      return observed <= value;
    case ">":
      return observed > value;
    case ">=":
      return observed >= value;
    case "=":
      return observed === value;
  }
}

export const limitSchema = z.string().refine((text) => parseLimit(text) !== undefined, {
  message:
    'expected an operator and a number such as "<250", ">=0.99", "=0", or "<=+10%" against the baseline',
});
