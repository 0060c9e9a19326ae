import { useEffect, useRef, useState } from "react";
import { type ApiError, isAbort, toApiError } from "../api/api-error.ts";
import type { ApiClient } from "../api/client.ts";
import { uploadFile } from "../api/upload.ts";

export interface Upload {
  readonly key: number;
  readonly file: File;
  readonly phase: "waiting" | "sending" | "storing" | "stored" | "failed" | "cancelled";
  /** 0..1 of the request's bytes handed to the network. */
  readonly sent: number;
  readonly error: ApiError | null;
}

export interface Uploads {
  readonly uploads: readonly Upload[];
  add(files: Iterable<File>): void;
  cancel(key: number): void;
  /** Forgets one that has come to an end. */
  dismiss(key: number): void;
}

/** Uploads one file after another. Leaving the page cancels what is under way. */
export function useUploads(client: ApiClient, onStored: () => void): Uploads {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const aborts = useRef(new Map<number, AbortController>());
  const queue = useRef(Promise.resolve());
  const nextKey = useRef(1);

  useEffect(() => {
    const underWay = aborts.current;
    return () => {
      for (const abort of underWay.values()) abort.abort();
    };
  }, []);

  const change = (key: number, to: Partial<Upload>) =>
    setUploads((all) => all.map((upload) => (upload.key === key ? { ...upload, ...to } : upload)));

  async function send(key: number, file: File, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    change(key, { phase: "sending" });
    try {
      await uploadFile(client, file, {
        signal,
        onProgress: (sent, total) =>
          change(key, { sent: sent / total, phase: sent < total ? "sending" : "storing" }),
      });
      change(key, { phase: "stored", sent: 1 });
      onStored();
    } catch (error) {
      change(key, isAbort(error) ? { phase: "cancelled" } : { phase: "failed", error: toApiError(error) });
    } finally {
      aborts.current.delete(key);
    }
  }

  function add(files: Iterable<File>): void {
    for (const file of files) {
      const key = nextKey.current++;
      const abort = new AbortController();
      aborts.current.set(key, abort);
      setUploads((all) => [...all, { key, file, phase: "waiting", sent: 0, error: null }]);
      queue.current = queue.current.then(() => send(key, file, abort.signal));
    }
  }

  return {
    uploads,
    add,
    cancel(key) {
      aborts.current.get(key)?.abort();
      change(key, { phase: "cancelled" });
    },
    dismiss: (key) => setUploads((all) => all.filter((upload) => upload.key !== key)),
  };
}
