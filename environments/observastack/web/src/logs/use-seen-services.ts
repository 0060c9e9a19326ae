import { useEffect, useState } from "react";
import type { LogPage } from "../api/shapes.ts";

/** The services met in the answers since the page was opened, in alphabetical order: the API lists none. */
export function useSeenServices(page: LogPage | null): readonly string[] {
  const [services, setServices] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!page) return;
    setServices((seen) => {
      const all = new Set([...seen, ...page.items.map((item) => item.service)]);
      return all.size === seen.length ? seen : [...all].sort((a, b) => a.localeCompare(b));
    });
  }, [page]);
  return services;
}
