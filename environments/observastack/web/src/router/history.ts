export interface RouteLocation {
  readonly pathname: string;
  readonly search: string;
  readonly state: unknown;
}

export interface NavigateOptions {
  readonly replace?: boolean;
  readonly state?: unknown;
}

let current = read();
const listeners = new Set<() => void>();

export function getLocation(): RouteLocation {
  return current;
}

export function subscribeToLocation(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("popstate", refresh);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("popstate", refresh);
  };
}

/** Goes to a path of this site. Same-origin by nature of the History API. */
export function navigate(to: string, options: NavigateOptions = {}): void {
  const state = options.state ?? null;
  if (options.replace) window.history.replaceState(state, "", to);
  else window.history.pushState(state, "", to);
  refresh();
}

function refresh(): void {
  current = read();
  for (const listener of listeners) listener();
}

function read(): RouteLocation {
  const { pathname, search } = window.location;
  return { pathname, search, state: window.history.state };
}
