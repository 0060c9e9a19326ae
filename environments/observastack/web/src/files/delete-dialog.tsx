import { useId, useLayoutEffect, useRef, useState } from "react";
import { type ApiError, toApiError } from "../api/api-error.ts";
import type { FileRecord } from "../api/shapes.ts";
import { useSession } from "../session/session-context.tsx";

interface DeleteDialogProps {
  readonly file: FileRecord;
  readonly onDeleted: (file: FileRecord) => void;
  readonly onCancel: () => void;
}

/** A modal <dialog>: the browser holds the focus inside, and gives it back on close. */
export function DeleteDialog({ file, onDeleted, onCancel }: DeleteDialogProps) {
  const { client } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);

  // A layout effect closes before the element leaves the page; later, nothing would give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  function finish(): void {
    // First, so that the focus goes back before the caller moves it on.
    dialog.current?.close();
    onDeleted(file);
  }

  async function remove(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await client.send(`/api/files/${encodeURIComponent(file.id)}`, { method: "DELETE" });
      finish();
    } catch (cause) {
      const failure = toApiError(cause);
      // Gone already is what was wanted.
      if (failure.kind === "not-found") finish();
      else {
        setError(failure);
        setBusy(false);
      }
    }
  }

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onCancel={onCancel}>
      <h2 id={titleId}>Delete this file?</h2>
      <p>
        <strong>{file.originalName}</strong> will be gone for everyone in your tenant.
      </p>
      {error ? (
        <p className="notice notice-bad" role="alert">
          {error.kind === "forbidden"
            ? "Only the person who uploaded this file, or an admin, may delete it."
            : error.message}
        </p>
      ) : null}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onCancel}>
          Keep file
        </button>
        <button type="button" className="button button-danger" disabled={isBusy} onClick={remove}>
          {isBusy ? "Deleting…" : "Delete file"}
        </button>
      </div>
    </dialog>
  );
}
