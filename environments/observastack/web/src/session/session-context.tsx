import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { type ApiClient, createApiClient } from "../api/client.ts";
import type { SessionState, SessionStore } from "./session-store.ts";

interface SessionContextValue extends SessionState {
  readonly store: SessionStore;
  readonly client: ApiClient;
}

const SessionContext = createContext<SessionContextValue | null>(null);

export function SessionProvider({ store, children }: { store: SessionStore; children: ReactNode }) {
  const state = useSyncExternalStore(store.subscribe, store.get);
  const client = useMemo(
    () =>
      createApiClient({
        fetch: (input, init) => window.fetch(input, init),
        token: () => store.get().session?.token ?? null,
        onUnauthorized: (token) => store.refuse(token),
      }),
    [store],
  );

  const { session } = state;
  useEffect(() => {
    if (!session) return undefined;
    const leftMs = Math.max(0, Date.parse(session.expiresAt) - Date.now());
    // Longer delays overflow the browser's timer; the API's own 401 covers them.
    if (leftMs > 2 ** 31 - 1) return undefined;
    const timer = window.setTimeout(() => store.refuse(session.token), leftMs);
    return () => window.clearTimeout(timer);
  }, [session, store]);

  const value = useMemo(() => ({ ...state, store, client }), [state, store, client]);
  return <SessionContext value={value}>{children}</SessionContext>;
}

export function useSession(): SessionContextValue {
  const value = useContext(SessionContext);
  if (!value) throw new Error("useSession needs a SessionProvider above it");
  return value;
}
