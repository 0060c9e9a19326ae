import { ApiError, errorFromResponse, isAbort } from "./api-error.ts";

export interface ApiClientOptions {
  readonly fetch: typeof fetch;
  readonly token: () => string | null;
  /** Called with the refused token, so that a late answer to an old token cannot end a new session. */
  readonly onUnauthorized: (token: string) => void;
}

export interface ApiRequest {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
  readonly json?: unknown;
  readonly signal?: AbortSignal;
}

export interface ApiClient {
  /** Resolves for 2xx only. Throws ApiError, or the AbortError of the caller's own signal. */
  send(path: string, request?: ApiRequest): Promise<Response>;
  /** `send`, then the body as JSON; a body that is not JSON is `malformed`. */
  json(path: string, request?: ApiRequest): Promise<unknown>;
  readonly token: () => string | null;
  readonly onUnauthorized: (token: string) => void;
}

export function createApiClient({ fetch, token, onUnauthorized }: ApiClientOptions): ApiClient {
  async function send(path: string, request: ApiRequest = {}): Promise<Response> {
    const sentToken = token();
    const headers = new Headers({ accept: "application/json" });
    if (sentToken) headers.set("authorization", `Bearer ${sentToken}`);
    if (request.json !== undefined) headers.set("content-type", "application/json");
    const response = await reach(() =>
      fetch(`${path}${queryString(request.query)}`, {
        method: request.method ?? "GET",
        headers,
        credentials: "omit",
        cache: "no-store",
        ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
        ...(request.signal ? { signal: request.signal } : {}),
      }),
    );
    if (response.ok) return response;
    if (response.status === 401 && sentToken) onUnauthorized(sentToken);
    const body = await response.text().catch(() => "");
    throw errorFromResponse({ status: response.status, header: (name) => response.headers.get(name), body });
  }

  async function json(path: string, request?: ApiRequest): Promise<unknown> {
    const response = await send(path, request);
    const text = await reach(() => response.text());
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new ApiError({ kind: "malformed", status: response.status }, { cause });
    }
  }

  return { send, json, token, onUnauthorized };
}

/** Absent and empty values are left out, so a filter that is not set is not sent. */
export function queryString(query: ApiRequest["query"]): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

async function reach<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (isAbort(cause)) throw cause;
    throw new ApiError({ kind: "network" }, { cause });
  }
}
