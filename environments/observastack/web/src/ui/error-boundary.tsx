import { Component, type ReactNode } from "react";

interface ErrorBoundaryState {
  readonly hasFailed: boolean;
}

/** Catches what a page throws while rendering, a chunk that no longer exists after a deploy included. */
export class ErrorBoundary extends Component<{ children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { hasFailed: false };

  static getDerivedStateFromError(): ErrorBoundaryState {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div className="notice notice-bad" role="alert">
        <div>
          <p className="notice-title">This page could not be shown</p>
          <p>Load it again; if that does not help, it may be broken.</p>
        </div>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Load again
        </button>
      </div>
    );
  }
}
