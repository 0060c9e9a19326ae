import { readSession, type Session } from "../api/shapes.ts";

export type SessionNotice = "expired" | "signed-out";

export interface SessionState {
  readonly session: Session | null;
  readonly notice: SessionNotice | null;
}

export interface SessionStore {
  readonly get: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  begin(session: Session): void;
  end(notice: SessionNotice): void;
  /** Ends the session only if `token` is still the one in use. */
  refuse(token: string): void;
}

/** The session lives in memory; `storage` (the tab's sessionStorage) only carries it over a reload. */
export function createSessionStore(storage: Storage | null, now: () => number): SessionStore {
  let state: SessionState = restore(storage, now);
  const listeners = new Set<() => void>();

  function change(next: SessionState): void {
    state = next;
    write(storage, next.session);
    for (const listener of listeners) listener();
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin: (session) => change({ session, notice: null }),
    end: (notice) => change({ session: null, notice }),
    refuse(token) {
      if (state.session?.token === token) change({ session: null, notice: "expired" });
    },
  };
}

const KEY = "observastack.session";

function restore(storage: Storage | null, now: () => number): SessionState {
  try {
    const text = storage?.getItem(KEY);
    if (!text) return { session: null, notice: null };
    const session = readSession(JSON.parse(text));
    if (Date.parse(session.expiresAt) > now()) return { session, notice: null };
    storage?.removeItem(KEY);
    return { session: null, notice: "expired" };
  } catch {
    return { session: null, notice: null };
  }
}

function write(storage: Storage | null, session: Session | null): void {
  try {
    if (session) storage?.setItem(KEY, JSON.stringify(session));
    else storage?.removeItem(KEY);
  } catch {
    // A full or refused storage costs the session on reload, nothing more.
  }
}
