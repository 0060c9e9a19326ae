import { useId, useState } from "react";
import type { LogItem } from "../api/shapes.ts";
import { formatInstant } from "../ui/format.ts";
import { Icon } from "../ui/icons.tsx";
import { highlight } from "./highlight.ts";
import { LEVEL_NAMES } from "./level-facet.tsx";

interface LogRowProps {
  readonly item: LogItem;
  readonly query: string;
  readonly onService: (service: string) => void;
  readonly onTrace: (traceId: string) => void;
}

export function LogRow({ item, query, onService, onTrace }: LogRowProps) {
  const [isOpen, setOpen] = useState(false);
  const detailId = useId();
  const { date, time } = formatInstant(item.timestamp);
  return (
    <>
      <tr className="log-row" data-testid="log-row" data-level={item.level}>
        <td className="col-more">
          <button
            type="button"
            className="more"
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailId : undefined}
            aria-label={`Details of ${time} ${item.message.slice(0, 60)}`}
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name="chevron" />
          </button>
        </td>
        <td className="col-time">
          <time dateTime={item.timestamp}>
            <span className="log-date">{date}</span> {time}
          </time>
        </td>
        <td className="col-level">
          <span className="level">{LEVEL_NAMES[item.level]}</span>
        </td>
        <td className="col-service">
          <button
            type="button"
            className="link-button"
            title={`Only ${item.service}`}
            onClick={() => onService(item.service)}
          >
            {item.service}
          </button>
        </td>
        <td className="col-message">
          <Message text={item.message} query={query} />
        </td>
      </tr>
      {isOpen ? (
        <tr id={detailId} className="log-detail" data-testid="log-detail">
          <td colSpan={5}>
            <Detail item={item} onTrace={onTrace} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Message({ text, query }: { text: string; query: string }) {
  return highlight(text, query).map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other identity.
    part.isMatch ? <mark key={index}>{part.text}</mark> : part.text,
  );
}

function Detail({ item, onTrace }: { item: LogItem; onTrace: (traceId: string) => void }) {
  const { traceId } = item;
  return (
    <div className="detail">
      <p className="detail-message">{item.message}</p>
      <dl>
        <dt>@timestamp</dt>
        <dd>{item.timestamp}</dd>
        {traceId ? (
          <>
            <dt>trace_id</dt>
            <dd>
              <button
                type="button"
                className="link-button"
                title="Only this trace"
                onClick={() => onTrace(traceId)}
              >
                {traceId}
              </button>
            </dd>
          </>
        ) : null}
        {Object.entries(item.attributes).map(([name, value]) => (
          <div key={name} className="pair">
            <dt>{name}</dt>
            <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
