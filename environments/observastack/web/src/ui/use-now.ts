import { useEffect, useState } from "react";

/** The time in milliseconds, renewed every `everyMs` and whenever `since` changes. */
export function useNow(everyMs: number, since: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new `since` must not be shown as younger than zero.
  useEffect(() => {
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs, since]);
  return now;
}
