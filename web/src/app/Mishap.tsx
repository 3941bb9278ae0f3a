import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

/** Stands in for a page that could not be drawn: a fault of ours, which must not look like none. */
export class Mishap extends Component<Props, State> {
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
          The run, if there is one, goes on without it. <code>{error.message}</code>
        </p>
        <p>
          <button type="button" className="button" onClick={() => location.reload()}>
            Load it again
          </button>
        </p>
      </main>
    );
  }
}
