import { navigate } from "../router/history.ts";
import { FILES_PER_PAGE } from "./use-file-list.ts";

export function FilesPager({ pageNumber, total }: { pageNumber: number; total: number }) {
  const last = Math.max(1, Math.ceil(total / FILES_PER_PAGE));
  const go = (page: number) => navigate(page === 1 ? "/files" : `/files?page=${page}`);
  return (
    <nav className="pager" aria-label="Pages of files">
      <button type="button" className="button" disabled={pageNumber === 1} onClick={() => go(pageNumber - 1)}>
        Previous page
      </button>
      <span className="page-number" aria-current="page">
        Page {pageNumber} of {last}
      </span>
      <button
        type="button"
        className="button"
        disabled={pageNumber >= last}
        onClick={() => go(pageNumber + 1)}
      >
        Next page
      </button>
    </nav>
  );
}
