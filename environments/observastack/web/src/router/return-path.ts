/** The login address that brings people back to where they were. */
export function loginPath(pathname: string, search: string): string {
  const here = `${pathname}${search}`;
  return here === "/" || here === "/logs" ? "/login" : `/login?next=${encodeURIComponent(here)}`;
}

/** Where to go after login. Only paths of this site count; anything else means the front page. */
export function returnPath(loginSearch: string): string {
  const next = new URLSearchParams(loginSearch).get("next");
  const isOwnPath = next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith("/login");
  return isOwnPath ? next : "/logs";
}
