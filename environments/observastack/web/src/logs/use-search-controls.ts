import { useState } from "react";
import { navigate } from "../router/history.ts";
import {
  EMPTY_SEARCH,
  formatSearchState,
  parseSearchState,
  refine,
  type SearchState,
} from "./search-state.ts";

/** What is typed and not yet applied. */
export interface SearchDraft {
  readonly query: string;
  readonly service: string;
}

export interface SearchControls {
  readonly state: SearchState;
  readonly draft: SearchDraft;
  edit(change: Partial<SearchDraft>): void;
  /** Applies a filter together with whatever is typed, and starts at the first page. */
  apply(change: Partial<SearchState>): void;
  /** Applies what is typed; the same search asked again is run again. */
  submit(): void;
  clear(): void;
}

/** The address bar holds the search; this reads it and is the only place of the page that changes its filters. */
export function useSearchControls(search: string, again: () => void): SearchControls {
  const state = parseSearchState(search);
  const applied: SearchDraft = { query: state.query, service: state.service ?? "" };
  const [draft, setDraft] = useState(applied);
  const [draftOf, setDraftOf] = useState(search);
  if (draftOf !== search) {
    // Back, forward and links change the search from outside: what was typed gives way.
    setDraftOf(search);
    setDraft(applied);
  }

  function apply(change: Partial<SearchState>): void {
    const typed = { query: draft.query.trim(), service: draft.service.trim() || null };
    const next = formatSearchState(refine(state, { ...typed, ...change }));
    if (next === search) again();
    else navigate(`/logs${next}`);
  }

  return {
    state,
    draft,
    edit: (change) => setDraft((old) => ({ ...old, ...change })),
    apply,
    submit: () => apply({}),
    clear: () => apply(EMPTY_SEARCH),
  };
}
