import { useEffect, useState } from "react";
import { type ApiError, isAbort, toApiError } from "../api/api-error.ts";
import { type FilePage, readFilePage } from "../api/shapes.ts";
import { useSession } from "../session/session-context.tsx";

export const FILES_PER_PAGE = 25;

interface FileList {
  readonly page: FilePage | null;
  readonly error: ApiError | null;
  readonly isLoading: boolean;
}

export function useFileList(pageNumber: number): FileList & { readonly again: () => void } {
  const { client } = useSession();
  const [list, setList] = useState<FileList>({ page: null, error: null, isLoading: true });
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again for the same page.
  useEffect(() => {
    const abort = new AbortController();
    setList((old) => ({ ...old, isLoading: true }));
    const query = { limit: FILES_PER_PAGE, offset: (pageNumber - 1) * FILES_PER_PAGE };
    client
      .json("/api/files", { query, signal: abort.signal })
      .then(readFilePage)
      .then((page) => {
        if (!abort.signal.aborted) setList({ page, error: null, isLoading: false });
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted || isAbort(error)) return;
        setList((old) => ({ ...old, error: toApiError(error), isLoading: false }));
      });
    return () => abort.abort();
  }, [client, pageNumber, round]);

  return { ...list, again: () => setRound((count) => count + 1) };
}

export function parsePageNumber(search: string): number {
  const page = Number.parseInt(new URLSearchParams(search).get("page") ?? "", 10);
  return Number.isNaN(page) ? 1 : Math.max(page, 1);
}
