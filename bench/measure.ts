/** One figure of a benchmark. Without a goal it is there to understand the others. */
export interface Measure {
  id: string;
  value: number;
  /** UCUM; `1` for ratios and counts. */
  unit: string;
  goal?: { op: "<=" | ">="; value: number };
  /** Present when there is a goal. */
  met?: boolean;
  /** How it was obtained, what it does not say. */
  note?: string;
}

export interface BenchOptions {
  /** Fewer rounds: shows that it works, proves nothing. */
  isQuick: boolean;
  /** For people who wait. */
  say: (line: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<Measure[]>;

export function measured(
  id: string,
  value: number,
  unit: string,
  rest: Pick<Measure, "goal" | "note"> = {},
): Measure {
  const rounded = Number(value.toPrecision(4));
  const { goal } = rest;
  if (!goal) return { id, value: rounded, unit, ...rest };
  return {
    id,
    value: rounded,
    unit,
    ...rest,
    met: goal.op === "<=" ? value <= goal.value : value >= goal.value,
  };
}
