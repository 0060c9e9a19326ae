import { formatAgo, formatCount } from "../ui/format.ts";
import { Icon } from "../ui/icons.tsx";
import { useNow } from "../ui/use-now.ts";
import { type LogResults, STALE_AFTER_MS } from "./log-results.ts";
import { formatSearchState, type SearchState } from "./search-state.ts";

interface ResultsBarProps {
  readonly results: LogResults;
  readonly state: SearchState;
  readonly onRefresh: () => void;
  readonly onClearTrace: () => void;
}

export function ResultsBar({ results, state, onRefresh, onClearTrace }: ResultsBarProps) {
  const { page, receivedAt, isLoading } = results;
  const now = useNow(10_000, receivedAt);
  const stale = staleness(results, state, now);
  return (
    <div className="results-bar">
      <p className="total" role="status" data-testid="log-total">
        {isLoading ? "Searching…" : page ? formatCount(page.total, "result", "results") : ""}
      </p>
      {page?.tookMs != null && !isLoading ? <p className="took">{Math.round(page.tookMs)} ms</p> : null}
      {state.traceId ? (
        <button type="button" className="chip" onClick={onClearTrace}>
          <span className="visually-hidden">Remove filter: </span>
          trace <code>{state.traceId.slice(0, 12)}</code>
          <Icon name="close" />
        </button>
      ) : null}
      <span className="spacer" />
      {stale ? (
        <p className="stale" data-testid="stale-indicator">
          <Icon name="alert" />
          {stale}
        </p>
      ) : null}
      {receivedAt !== null && !stale ? <p className="took">Updated {formatAgo(receivedAt, now)}</p> : null}
      <button type="button" className="icon-button" aria-label="Refresh" title="Refresh" onClick={onRefresh}>
        <Icon name="refresh" />
      </button>
      {isLoading ? <span className="loading-bar" aria-hidden="true" /> : null}
    </div>
  );
}

/** Why the rows on screen are not the current answer to the current search; null when they are. */
function staleness(results: LogResults, state: SearchState, now: number): string | null {
  if (!results.page || results.receivedAt === null) return null;
  if (results.answers !== formatSearchState(state)) return "Stale: rows of the search before";
  if (results.error) return `Stale: last good answer ${formatAgo(results.receivedAt, now)}`;
  const hasEnd = state.range.kind === "between" && state.range.to !== null;
  const isOld = now - results.receivedAt > STALE_AFTER_MS;
  return isOld && !hasEnd ? `Stale: updated ${formatAgo(results.receivedAt, now)}` : null;
}
