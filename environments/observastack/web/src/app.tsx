import { lazy, Suspense } from "react";
import { loginPath, returnPath } from "./router/return-path.ts";
import { Redirect, useRoute } from "./router/router.tsx";
import { useSession } from "./session/session-context.tsx";
import { AppHeader } from "./ui/app-header.tsx";
import { ErrorBoundary } from "./ui/error-boundary.tsx";

const LoginPage = lazy(() => import("./login/login-page.tsx"));
const LogsPage = lazy(() => import("./logs/logs-page.tsx"));
const FilesPage = lazy(() => import("./files/files-page.tsx"));
const NotFoundPage = lazy(() => import("./ui/not-found-page.tsx"));

export function App() {
  const { pathname, search } = useRoute();
  const { session, notice } = useSession();
  if (pathname === "/login") {
    if (session) return <Redirect to={returnPath(search)} />;
    return (
      <ErrorBoundary>
        <Suspense fallback={<Waiting />}>
          <LoginPage />
        </Suspense>
      </ErrorBoundary>
    );
  }
  if (!session) return <Redirect to={notice === "signed-out" ? "/login" : loginPath(pathname, search)} />;
  if (pathname === "/") return <Redirect to="/logs" />;
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <AppHeader />
      <main id="main" className="main" tabIndex={-1}>
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<Waiting />}>
            <Page pathname={pathname} />
          </Suspense>
        </ErrorBoundary>
      </main>
    </>
  );
}

function Page({ pathname }: { pathname: string }) {
  if (pathname === "/logs") return <LogsPage />;
  if (pathname === "/files") return <FilesPage />;
  return <NotFoundPage />;
}

function Waiting() {
  return (
    <p className="waiting" role="status">
      Loading…
    </p>
  );
}
