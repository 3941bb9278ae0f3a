/**
 * Watches a run. Each event changes the state when it arrives. Listeners are called at most once
 * for each frame that the browser draws.
 */

import { decode } from "./decode";
import { fold, UNKNOWN_RUN, type WatchedRun } from "./fold";
import { hasEnded } from "./states";
import { type Connection, openStream } from "./stream";

export interface Watched {
  readonly run: WatchedRun;
  readonly connection: Connection;
  /** True if the run does not exist or belongs to another user. */
  readonly missing: boolean;
}

export interface Watch {
  /** Begins to watch the run, and returns a function that stops this. */
  open(token: string, onSignedOut: () => void): () => void;
  subscribe(listener: () => void): () => void;
  snapshot(): Watched;
}

export function watchRun(runId: number): Watch {
  let latest: Watched = { run: UNKNOWN_RUN, connection: "connecting", missing: false };
  let shown = latest;
  let frame = 0;
  const listeners = new Set<() => void>();

  function show(): void {
    cancelAnimationFrame(frame);
    frame = 0;
    shown = latest;
    for (const listener of listeners) listener();
  }

  function change(changes: Partial<Watched>): void {
    latest = { ...latest, ...changes };
    // A hidden page gets no animation frames. It is updated at once instead, because it must still
    // notice the end of the run.
    if (document.hidden) show();
    else frame ||= requestAnimationFrame(show);
  }

  return {
    open: (token, onSignedOut) => {
      const close = openStream(runId, token, {
        event(name, content) {
          const event = decode(name, content, Date.now());
          if (event !== null) change({ run: fold(latest.run, event) });
          return !hasEnded(latest.run.status);
        },
        connection: (connection) => change({ connection }),
        refused: (why) => (why === "missing" ? change({ missing: true }) : onSignedOut()),
      });
      return () => {
        close();
        cancelAnimationFrame(frame);
        frame = 0;
      };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => shown,
  };
}
