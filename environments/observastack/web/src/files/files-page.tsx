import { useRef, useState } from "react";
import { type ApiError, toApiError } from "../api/api-error.ts";
import type { FileRecord } from "../api/shapes.ts";
import { navigate } from "../router/history.ts";
import { useRoute } from "../router/router.tsx";
import { useSession } from "../session/session-context.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { formatCount } from "../ui/format.ts";
import { PageHeading } from "../ui/page-heading.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { downloadFile } from "./download.ts";
import { FileTable } from "./file-table.tsx";
import { FilesPager } from "./files-pager.tsx";
import { mayWriteFiles } from "./may-write-files.ts";
import { UploadPanel } from "./upload-panel.tsx";
import { FILES_PER_PAGE, parsePageNumber, useFileList } from "./use-file-list.ts";
import "./files.css";

export default function FilesPage() {
  const { client, session } = useSession();
  const pageNumber = parsePageNumber(useRoute().search);
  const { page, error, isLoading, again } = useFileList(pageNumber);
  const [doomed, setDoomed] = useState<FileRecord | null>(null);
  const [failure, setFailure] = useState<{ title: string; error: ApiError } | null>(null);
  const list = useRef<HTMLElement>(null);
  const [said, setSaid] = useState("");
  const mayWrite = mayWriteFiles(session?.user.roles ?? []);

  async function download(file: FileRecord): Promise<void> {
    setFailure(null);
    try {
      await downloadFile(client, file);
      setSaid(`${file.originalName} downloaded.`);
    } catch (cause) {
      setFailure({ title: `${file.originalName} was not downloaded`, error: toApiError(cause) });
    }
  }

  function deleted(file: FileRecord): void {
    setDoomed(null);
    // The button that opened the dialog goes with its row.
    list.current?.focus();
    setFailure(null);
    setSaid(`${file.originalName} deleted.`);
    if (page?.items.length === 1 && pageNumber > 1)
      navigate(`/files?page=${pageNumber - 1}`, { replace: true });
    else again();
  }

  return (
    <div className="files">
      <PageHeading title="Files">
        <p className="total" data-testid="file-total">
          {page ? formatCount(page.total, "file", "files") : ""}
        </p>
      </PageHeading>
      {mayWrite ? (
        <UploadPanel onStored={again} />
      ) : (
        <p className="notice">Your role can read files. Uploading and deleting need the editor role.</p>
      )}
      {/* Beside the table, not in it: announced to screen readers, shown to all. */}
      <p className="said" role="status">
        {said}
      </p>
      {failure ? <ErrorNotice {...failure} /> : null}
      {error ? <ErrorNotice title="The files could not be listed" error={error} onRetry={again} /> : null}
      <section ref={list} tabIndex={-1} className="stored" aria-label="Stored files" aria-busy={isLoading}>
        {page === null && isLoading ? <p className="waiting">Loading files…</p> : null}
        {page !== null && page.items.length === 0 ? (
          <div className="blank" data-testid="no-files">
            <p className="blank-title">No files here</p>
            <p>{mayWrite ? "Upload one above to start." : "Nobody in your tenant has uploaded one yet."}</p>
          </div>
        ) : null}
        {page !== null && page.items.length > 0 ? (
          <FileTable files={page.items} mayDelete={mayWrite} onDownload={download} onDelete={setDoomed} />
        ) : null}
        {page !== null && page.total > FILES_PER_PAGE ? (
          <FilesPager pageNumber={pageNumber} total={page.total} />
        ) : null}
      </section>
      {doomed ? <DeleteDialog file={doomed} onDeleted={deleted} onCancel={() => setDoomed(null)} /> : null}
    </div>
  );
}
