import type { FileRecord } from "../api/shapes.ts";
import { formatAgo, formatBytes, formatInstant } from "../ui/format.ts";
import { Icon } from "../ui/icons.tsx";
import { useNow } from "../ui/use-now.ts";

interface FileTableProps {
  readonly files: readonly FileRecord[];
  readonly mayDelete: boolean;
  readonly onDownload: (file: FileRecord) => void;
  readonly onDelete: (file: FileRecord) => void;
}

export function FileTable({ files, mayDelete, onDownload, onDelete }: FileTableProps) {
  const now = useNow(30_000, null);
  return (
    <table className="file-table" aria-label="Files">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" className="col-size">
            Size
          </th>
          <th scope="col" className="col-type">
            Type
          </th>
          <th scope="col" className="col-sum">
            SHA-256
          </th>
          <th scope="col" className="col-when">
            Uploaded
          </th>
          <th scope="col" className="col-act">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <tr key={file.id} data-testid="file-row">
            <td className="col-name">
              <div className="file-name">
                <Icon name="file" />
                <span title={file.originalName}>{file.originalName}</span>
              </div>
            </td>
            <td className="col-size">{formatBytes(file.size)}</td>
            <td className="col-type">{file.mimeType}</td>
            <td className="col-sum">
              <code title={file.sha256}>{file.sha256.slice(0, 10)}</code>
            </td>
            <td className="col-when">
              <time dateTime={file.createdAt} title={Object.values(formatInstant(file.createdAt)).join(" ")}>
                {formatAgo(Date.parse(file.createdAt), now)}
              </time>
            </td>
            <td className="col-act">
              <Act icon="download" verb="Download" file={file} onAct={onDownload} />
              {mayDelete ? <Act icon="trash" verb="Delete" file={file} onAct={onDelete} /> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ActProps {
  readonly icon: "download" | "trash";
  readonly verb: string;
  readonly file: FileRecord;
  readonly onAct: (file: FileRecord) => void;
}

function Act({ icon, verb, file, onAct }: ActProps) {
  const name = `${verb} ${file.originalName}`;
  return (
    <button type="button" className="icon-button" aria-label={name} title={name} onClick={() => onAct(file)}>
      <Icon name={icon} />
    </button>
  );
}
