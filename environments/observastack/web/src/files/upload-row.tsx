import { formatBytes } from "../ui/format.ts";
import { Icon } from "../ui/icons.tsx";
import type { Upload } from "./use-uploads.ts";

interface UploadRowProps {
  readonly upload: Upload;
  readonly onCancel: (key: number) => void;
  readonly onDismiss: (key: number) => void;
}

export function UploadRow({ upload, onCancel, onDismiss }: UploadRowProps) {
  const { key, file, phase, sent } = upload;
  const isUnderWay = phase === "waiting" || phase === "sending" || phase === "storing";
  const act = isUnderWay ? "Cancel" : "Dismiss";
  return (
    <li className="upload-row" data-phase={phase}>
      <span className="upload-name">{file.name}</span>
      <span className="hint">{formatBytes(file.size)}</span>
      {isUnderWay ? <progress aria-label={`Upload of ${file.name}`} max={1} value={sent} /> : null}
      <span className="upload-phase" role={phase === "failed" ? "alert" : "status"}>
        {describe(upload)}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={`${act} upload of ${file.name}`}
        title={act}
        onClick={() => (isUnderWay ? onCancel(key) : onDismiss(key))}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

function describe({ phase, sent, error }: Upload): string {
  switch (phase) {
    case "waiting":
      return "Waiting";
    case "sending":
      return `${Math.floor(sent * 100)}%`;
    case "storing":
      return "Storing…";
    case "stored":
      return "Uploaded";
    case "cancelled":
      return "Cancelled";
    case "failed":
      return error?.message ?? "Failed";
  }
}
