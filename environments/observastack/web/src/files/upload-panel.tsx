import { useState } from "react";
import { useSession } from "../session/session-context.tsx";
import { Icon } from "../ui/icons.tsx";
import { UploadRow } from "./upload-row.tsx";
import { useUploads } from "./use-uploads.ts";

export function UploadPanel({ onStored }: { onStored: () => void }) {
  const { client } = useSession();
  const { uploads, add, cancel, dismiss } = useUploads(client, onStored);
  const [isOver, setOver] = useState(false);
  return (
    <section className="upload" aria-label="Upload">
      {/* The input covers the whole zone, so click, keyboard and drop are the browser's own. */}
      <div className="drop-zone" data-over={isOver || undefined}>
        <Icon name="upload" />
        <p>
          <strong>Choose files</strong> or drop them here
        </p>
        <p className="hint">Up to 50 MB each</p>
        <input
          type="file"
          multiple
          aria-label="Choose files to upload"
          onDragEnter={() => setOver(true)}
          onDragLeave={() => setOver(false)}
          onDrop={() => setOver(false)}
          onChange={(event) => {
            add([...(event.target.files ?? [])]);
            // The same file may be chosen again after a failure.
            event.target.value = "";
          }}
        />
      </div>
      {uploads.length > 0 ? (
        <ul className="uploads" aria-label="Uploads">
          {uploads.map((upload) => (
            <UploadRow key={upload.key} upload={upload} onCancel={cancel} onDismiss={dismiss} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}
