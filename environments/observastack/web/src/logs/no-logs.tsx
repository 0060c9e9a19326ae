import { useSession } from "../session/session-context.tsx";
import { formatSearchState, type SearchState } from "./search-state.ts";

export function NoLogs({ state, onClear }: { state: SearchState; onClear: () => void }) {
  const { session } = useSession();
  const isFiltered = formatSearchState(state) !== "";
  return (
    <div className="blank" data-testid="no-logs">
      <p className="blank-title">{isFiltered ? "No log lines match" : "No log lines yet"}</p>
      <p>
        {isFiltered
          ? "Widen the time range, or look for fewer words."
          : `Lines sent to ${session?.user.tenant ?? "your tenant"} appear here about a second later.`}
      </p>
      {isFiltered ? (
        <button type="button" className="button" onClick={onClear}>
          Clear search and filters
        </button>
      ) : null}
    </div>
  );
}
