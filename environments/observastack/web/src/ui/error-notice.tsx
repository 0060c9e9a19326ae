import type { ApiError } from "../api/api-error.ts";

interface ErrorNoticeProps {
  readonly title: string;
  readonly error: ApiError;
  readonly onRetry?: () => void;
  readonly retryLabel?: string;
}

export function ErrorNotice({ title, error, onRetry, retryLabel = "Try again" }: ErrorNoticeProps) {
  return (
    <div className="notice notice-bad" role="alert">
      <div>
        <p className="notice-title">{title}</p>
        <p>{error.message}</p>
        {error.detail ? <p className="notice-detail">{error.detail}</p> : null}
        {error.requestId ? (
          <p className="notice-detail">
            Request <code>{error.requestId}</code>
          </p>
        ) : null}
      </div>
      {onRetry ? (
        <button type="button" className="button" onClick={onRetry}>
          {retryLabel}
        </button>
      ) : null}
    </div>
  );
}
