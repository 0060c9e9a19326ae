import { ApiError, errorFromResponse } from "./api-error.ts";
import type { ApiClient } from "./client.ts";
import { type FileRecord, readFileRecord } from "./shapes.ts";

export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

export interface UploadOptions {
  readonly onProgress: (sentBytes: number, totalBytes: number) => void;
  readonly signal: AbortSignal;
}

/** Sends one file. XMLHttpRequest, because fetch reports no upload progress. Throws as `ApiClient.send` does. */
export function uploadFile(client: ApiClient, file: File, options: UploadOptions): Promise<FileRecord> {
  if (file.size > MAX_UPLOAD_BYTES) return Promise.reject(new ApiError({ kind: "too-large" }));
  return new Promise((resolve, reject) => {
    const token = client.token();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", "/api/files/upload");
    request.setRequestHeader("accept", "application/json");
    if (token) request.setRequestHeader("authorization", `Bearer ${token}`);
    request.upload.onprogress = (event) => options.onProgress(event.loaded, event.total);
    request.onerror = () => reject(new ApiError({ kind: "network" }));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    request.onloadend = () => options.signal.removeEventListener("abort", abort);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(parseRecord(request.responseText));
        return;
      }
      if (request.status === 401 && token) client.onUnauthorized(token);
      const header = (name: string) => request.getResponseHeader(name);
      reject(errorFromResponse({ status: request.status, header, body: request.responseText }));
    };
    options.signal.addEventListener("abort", abort, { once: true });
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}

async function parseRecord(text: string): Promise<FileRecord> {
  try {
    return readFileRecord(JSON.parse(text));
  } catch (cause) {
    throw cause instanceof ApiError ? cause : new ApiError({ kind: "malformed" }, { cause });
  }
}
