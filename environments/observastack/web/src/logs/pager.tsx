import { navigate } from "../router/history.ts";
import { useRoute } from "../router/router.tsx";
import { formatSearchState, refine, type SearchState } from "./search-state.ts";

interface PagerProps {
  readonly state: SearchState;
  readonly nextCursor: string | null;
  /** The time the page on screen was asked for, to anchor the next one's range to. */
  readonly askedAt: number | null;
  readonly isLoading: boolean;
}

/** Cursors only lead forwards, so the cursors passed on the way travel in the history entry to lead back. */
export function Pager({ state, nextCursor, askedAt, isLoading }: PagerProps) {
  const trail = readTrail(useRoute().state);
  const before = trail.at(-1);

  function go(cursor: string | null, page: number, nextTrail: readonly (string | null)[]): void {
    const anchor = state.anchor ?? (askedAt === null ? null : new Date(askedAt).toISOString());
    const next = refine(state, cursor === null ? {} : { cursor, page, anchor });
    navigate(`/logs${formatSearchState(next)}`, { state: { trail: nextTrail } });
  }

  return (
    <nav className="pager" aria-label="Pages of results">
      <button type="button" className="button" disabled={state.page === 1} onClick={() => go(null, 1, [])}>
        First page
      </button>
      {before !== undefined ? (
        <button
          type="button"
          className="button"
          onClick={() => go(before, state.page - 1, trail.slice(0, -1))}
        >
          Previous page
        </button>
      ) : null}
      <span className="page-number" aria-current="page">
        Page {state.page}
      </span>
      <button
        type="button"
        className="button"
        disabled={nextCursor === null || isLoading}
        onClick={() => go(nextCursor, state.page + 1, [...trail, state.cursor])}
      >
        Next page
      </button>
    </nav>
  );
}

function readTrail(historyState: unknown): readonly (string | null)[] {
  if (typeof historyState !== "object" || historyState === null || !("trail" in historyState)) return [];
  const { trail } = historyState;
  return Array.isArray(trail) ? trail.filter((cursor) => cursor === null || typeof cursor === "string") : [];
}
