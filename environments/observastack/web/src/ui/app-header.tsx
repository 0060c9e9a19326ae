import { navigate } from "../router/history.ts";
import { Link, useRoute } from "../router/router.tsx";
import { useSession } from "../session/session-context.tsx";
import { Logo } from "./icons.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

const PLACES = [
  { to: "/logs", label: "Logs" },
  { to: "/files", label: "Files" },
] as const;

export function AppHeader() {
  const { session, store } = useSession();
  const { pathname } = useRoute();
  if (!session) return null;
  const { user } = session;

  function signOut(): void {
    store.end("signed-out");
    navigate("/login", { replace: true });
  }

  return (
    <header className="header">
      <Link to="/logs" className="brand">
        <Logo />
        <span>ObservaStack</span>
      </Link>
      <nav aria-label="Main" className="nav">
        {PLACES.map(({ to, label }) => (
          <Link key={to} to={to} className="nav-link" aria-current={pathname === to ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <div className="who">
        <span className="tenant" data-testid="tenant">
          <span className="visually-hidden">Tenant </span>
          {user.tenant}
        </span>
        <span className="user" data-testid="user" title={`${user.username}: ${user.roles.join(", ")}`}>
          <span className="visually-hidden">Signed in as </span>
          {user.displayName}
        </span>
        <ThemeToggle />
        <button type="button" className="button button-quiet sign-out" onClick={signOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}
