import { type FormEvent, useRef } from "react";
import { Icon } from "../ui/icons.tsx";
import { RangeFields } from "./range-fields.tsx";
import type { TimeRange } from "./time-range.ts";
import type { SearchDraft } from "./use-search-controls.ts";
import { useSlashFocus } from "./use-slash-focus.ts";

/** Controls outside the form, such as the service field, join it by this id. */
export const SEARCH_FORM_ID = "log-search";

interface SearchFormProps {
  readonly draft: SearchDraft;
  readonly range: TimeRange;
  readonly onEdit: (change: Partial<SearchDraft>) => void;
  readonly onRange: (range: TimeRange) => void;
  readonly onSubmit: () => void;
}

export function SearchForm({ draft, range, onEdit, onRange, onSubmit }: SearchFormProps) {
  const box = useRef<HTMLInputElement>(null);
  useSlashFocus(box);

  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit();
  }

  return (
    <search className="search-bar">
      <form id={SEARCH_FORM_ID} className="search-form" onSubmit={submit}>
        <div className="search-box">
          <Icon name="search" />
          <input
            ref={box}
            type="search"
            className="input"
            aria-label="Search logs"
            aria-keyshortcuts="/"
            placeholder="Search messages"
            value={draft.query}
            onChange={(event) => onEdit({ query: event.target.value })}
            autoComplete="off"
            spellCheck={false}
          />
          <span className="key" aria-hidden="true">
            /
          </span>
        </div>
        <RangeFields range={range} onRange={onRange} />
        <button type="submit" className="button button-main">
          Search
        </button>
      </form>
    </search>
  );
}
