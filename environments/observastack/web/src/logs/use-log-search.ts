import { use, useEffect, useReducer, useState } from "react";
import { isAbort } from "../api/api-error.ts";
import { readLogPage } from "../api/shapes.ts";
import { ConfigContext } from "../config-context.ts";
import { useSession } from "../session/session-context.tsx";
import { type LogResults, NO_RESULTS, reduceLogResults } from "./log-results.ts";
import { formatSearchState, parseSearchState, toApiQuery } from "./search-state.ts";

/** Runs the search in `search` (a query string) whenever it changes or `again` is called; a newer one aborts the older. */
export function useLogSearch(search: string): LogResults & { readonly again: () => void } {
  const { client } = useSession();
  const { defects } = use(use(ConfigContext));
  const keepsFirstRows = defects.has("web-search-ignores-submit");
  const [results, dispatch] = useReducer(reduceLogResults, NO_RESULTS);
  const [round, setRound] = useState(0);
  const canonical = formatSearchState(parseSearchState(search));

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again for the same search.
  useEffect(() => {
    const abort = new AbortController();
    dispatch({ type: "asked" });
    const askedAt = Date.now();
    const query = toApiQuery(parseSearchState(canonical), askedAt);
    client
      .json("/api/logs", { query, signal: abort.signal })
      .then(readLogPage)
      .then((page) => {
        if (abort.signal.aborted) return;
        dispatch({ type: "answered", page, search: canonical, askedAt, at: Date.now(), keepsFirstRows });
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted && !isAbort(error)) dispatch({ type: "failed", error });
      });
    return () => abort.abort();
  }, [client, canonical, keepsFirstRows, round]);

  return { ...results, again: () => setRound((count) => count + 1) };
}
