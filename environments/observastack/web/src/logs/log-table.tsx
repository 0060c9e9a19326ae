import type { LogItem } from "../api/shapes.ts";
import { LogRow } from "./log-row.tsx";

interface LogTableProps {
  readonly items: readonly LogItem[];
  readonly query: string;
  readonly onService: (service: string) => void;
  readonly onTrace: (traceId: string) => void;
}

export function LogTable({ items, ...row }: LogTableProps) {
  return (
    <table className="log-table" aria-label="Log lines">
      <thead>
        <tr>
          <th scope="col" className="col-more">
            <span className="visually-hidden">Details</span>
          </th>
          <th scope="col" className="col-time">
            Time
          </th>
          <th scope="col" className="col-level">
            Level
          </th>
          <th scope="col" className="col-service">
            Service
          </th>
          <th scope="col">Message</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <LogRow key={item.id} item={item} {...row} />
        ))}
      </tbody>
    </table>
  );
}

export function LogTableSkeleton() {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: 12 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move.
        <div key={row} className="skeleton-row">
          <span />
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}
