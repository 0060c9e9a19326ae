/** Lets at most `count` pieces of work run at the same time, the others wait their turn in order. */
export function createLimit(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place is handed on, not given back, when somebody waits.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
