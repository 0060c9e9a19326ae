import { useEffect } from "react";
import { useRoute } from "../router/router.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { PageHeading } from "../ui/page-heading.tsx";
import { LevelFacet } from "./level-facet.tsx";
import { LogTable, LogTableSkeleton } from "./log-table.tsx";
import { NoLogs } from "./no-logs.tsx";
import { Pager } from "./pager.tsx";
import { ResultsBar } from "./results-bar.tsx";
import { SearchForm } from "./search-form.tsx";
import { ServiceFacet } from "./service-facet.tsx";
import { useLogSearch } from "./use-log-search.ts";
import { useSearchControls } from "./use-search-controls.ts";
import { useSeenServices } from "./use-seen-services.ts";
import "./logs.css";

export default function LogsPage() {
  const { search } = useRoute();
  const results = useLogSearch(search);
  const controls = useSearchControls(search, results.again);
  const services = useSeenServices(results.page);
  const { state, draft, edit, apply } = controls;
  const { page, error, isLoading } = results;
  // An address kept for long, or edited by hand, may hold a cursor the API no longer takes.
  const isBadCursor = error?.kind === "invalid" && state.cursor !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page of results is read from its top.
  useEffect(() => {
    // Braces on purpose: newer browsers return a promise here, which React would call as a cleanup.
    window.scrollTo(0, 0);
  }, [state.cursor]);

  return (
    <div className="logs">
      <PageHeading title="Logs" />
      <SearchForm
        draft={draft}
        range={state.range}
        onEdit={edit}
        onRange={(range) => apply({ range })}
        onSubmit={controls.submit}
      />
      <aside className="facets" aria-label="Filters">
        <LevelFacet level={state.level} onChoose={(level) => apply({ level })} />
        <ServiceFacet
          typed={draft.service}
          chosen={state.service}
          services={services}
          onType={(service) => edit({ service })}
          onChoose={(service) => apply({ service })}
        />
      </aside>
      <section
        className="results"
        aria-label="Results"
        aria-busy={isLoading}
        data-one-level={state.level ?? undefined}
      >
        <ResultsBar
          results={results}
          state={state}
          onRefresh={results.again}
          onClearTrace={() => apply({ traceId: null })}
        />
        {error ? (
          <ErrorNotice
            title="The search failed"
            error={error}
            {...(isBadCursor
              ? { onRetry: () => apply({}), retryLabel: "Go to the first page" }
              : { onRetry: results.again })}
          />
        ) : null}
        {page === null && isLoading ? <LogTableSkeleton /> : null}
        {page !== null && page.items.length === 0 ? <NoLogs state={state} onClear={controls.clear} /> : null}
        {page !== null && page.items.length > 0 ? (
          <LogTable
            items={page.items}
            query={state.query}
            onService={(service) => apply({ service })}
            onTrace={(traceId) => apply({ traceId })}
          />
        ) : null}
        {page !== null && (page.nextCursor !== null || state.page > 1) ? (
          <Pager state={state} nextCursor={page.nextCursor} askedAt={results.askedAt} isLoading={isLoading} />
        ) : null}
      </section>
    </div>
  );
}
