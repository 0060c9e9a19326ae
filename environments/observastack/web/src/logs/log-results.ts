import { type ApiError, toApiError } from "../api/api-error.ts";
import type { LogPage } from "../api/shapes.ts";

/** Rows older than this, in a search that has no end, are marked as stale. */
export const STALE_AFTER_MS = 60_000;

export interface LogResults {
  /** What is on screen; null until the first answer. */
  readonly page: LogPage | null;
  /** The search (as its query string) `page` answers. */
  readonly answers: string | null;
  readonly receivedAt: number | null;
  /** The "now" the answered search counted its time range from. */
  readonly askedAt: number | null;
  readonly isLoading: boolean;
  readonly error: ApiError | null;
}

export const NO_RESULTS: LogResults = {
  page: null,
  answers: null,
  receivedAt: null,
  askedAt: null,
  isLoading: true,
  error: null,
};

export type LogResultsEvent =
  | { readonly type: "asked" }
  | { readonly type: "failed"; readonly error: unknown }
  | {
      readonly type: "answered";
      readonly page: LogPage;
      readonly search: string;
      readonly askedAt: number;
      readonly at: number;
      readonly keepsFirstRows: boolean;
    };

/** `keepsFirstRows` is the planted defect web-search-ignores-submit: the first answer's rows stay for good. */
export function reduceLogResults(state: LogResults, event: LogResultsEvent): LogResults {
  switch (event.type) {
    case "asked":
      return { ...state, isLoading: true, error: null };
    case "failed":
      return { ...state, isLoading: false, error: toApiError(event.error) };
    case "answered": {
      const items = event.keepsFirstRows && state.page ? state.page.items : event.page.items;
      return {
        page: { ...event.page, items },
        answers: event.search,
        receivedAt: event.at,
        askedAt: event.askedAt,
        isLoading: false,
        error: null,
      };
    }
  }
}
