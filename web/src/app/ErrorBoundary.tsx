import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

/** Shows an error message if the page inside throws an error while it is rendered. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="card stack" role="alert">
        <h1>This page broke</h1>
        <p className="wrap-anywhere">
          Your runs are not affected. <code>{error.message}</code>
        </p>
        <p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Reload
          </button>
        </p>
      </main>
    );
  }
}
