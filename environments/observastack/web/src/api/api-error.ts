export type ApiErrorKind =
  | "network"
  | "invalid"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "too-large"
  | "rate-limited"
  | "unavailable"
  | "server"
  | "malformed";

interface ApiErrorParts {
  readonly kind: ApiErrorKind;
  readonly status: number | null;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;
}

/** What went wrong between this page and the API, in terms a view can show. `message` is a sentence for people. */
export class ApiError extends Error implements ApiErrorParts {
  override readonly name = "ApiError";
  readonly kind: ApiErrorKind;
  readonly status: number | null;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(parts: Partial<ApiErrorParts> & { kind: ApiErrorKind }, options?: ErrorOptions) {
    super(SENTENCES[parts.kind], options);
    this.kind = parts.kind;
    this.status = parts.status ?? null;
    this.detail = parts.detail ?? null;
    this.requestId = parts.requestId ?? null;
    this.retryAfterSeconds = parts.retryAfterSeconds ?? null;
  }
}

export interface FailedResponse {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly body: string;
}

/** Maps a response outside 2xx, with an RFC 9457 problem or any other body, to an ApiError. */
export function errorFromResponse({ status, header, body }: FailedResponse): ApiError {
  const problem = readProblem(header("content-type"), body);
  const retryAfter = Number.parseInt(header("retry-after") ?? "", 10);
  return new ApiError({
    kind: kindOfStatus(status),
    status,
    detail: problem.detail ?? problem.title ?? null,
    requestId: header("x-request-id"),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
  });
}

/** True when a request ended because its caller gave it up: nothing to show. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Any thrown thing as an ApiError; what is not one already never reached the server. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError({ kind: "network" }, { cause: error });
}

const SENTENCES: Record<ApiErrorKind, string> = {
  network: "The server could not be reached. Check your connection and try again.",
  invalid: "The server did not accept this request.",
  unauthorized: "You are not signed in, or your session has ended.",
  forbidden: "Your role does not allow this.",
  "not-found": "This does not exist, or it is not yours to see.",
  "too-large": "This file is larger than the 50 MB limit.",
  "rate-limited": "Too many requests in a short time. Wait a moment and try again.",
  unavailable: "The service is not available right now. Try again shortly.",
  server: "The server failed to answer this request. Try again.",
  malformed: "The server sent an answer this page does not understand.",
};

function kindOfStatus(status: number): ApiErrorKind {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "not-found";
  if (status === 413) return "too-large";
  if (status === 429) return "rate-limited";
  if (status === 502 || status === 503 || status === 504) return "unavailable";
  if (status >= 500) return "server";
  if (status >= 400) return "invalid";
  return "malformed";
}

function readProblem(contentType: string | null, body: string): { title?: string; detail?: string } {
  // An edge or a proxy may answer with HTML; only JSON is worth quoting to people.
  if (!contentType || !/\bjson\b/.test(contentType)) return {};
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return {};
    const title = "title" in value && typeof value.title === "string" ? value.title : undefined;
    const detail = "detail" in value && typeof value.detail === "string" ? value.detail : undefined;
    return { ...(title ? { title } : {}), ...(detail ? { detail } : {}) };
  } catch {
    return {};
  }
}
