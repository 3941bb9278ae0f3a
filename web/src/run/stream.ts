/** Reads the progress stream of one run, and reconnects until the run has ended. */

import { listenOnce } from "./connection";
import { pause } from "./network";

export type Connection = "connecting" | "live" | "reconnecting" | "offline" | "closed";

export interface StreamListener {
  /** Handles an event, and returns whether the run is still active after it. */
  event(name: string, content: string): boolean;
  connection(state: Connection): void;
  refused(why: "signed_out" | "missing"): void;
}

/** The wait before the first reconnection, and the longest wait, in milliseconds. */
const FIRST_WAIT = 400;
const LONGEST_WAIT = 8_000;
/** The time in milliseconds without a connection after which the page counts as offline. */
const OFFLINE_AFTER = 2_000;

/** Opens the stream, and returns a function that closes it. */
export function openStream(runId: number, token: string, listener: StreamListener): () => void {
  const closing = new AbortController();
  void follow(runId, token, listener, closing.signal);
  return () => closing.abort();
}

async function follow(
  runId: number,
  token: string,
  listener: StreamListener,
  closing: AbortSignal,
): Promise<void> {
  let lastId: string | null = null;
  let wait = FIRST_WAIT;
  let lostAt: number | null = null;
  const handlers = {
    opened() {
      lostAt = null;
      wait = FIRST_WAIT;
      listener.connection("live");
    },
    event(name: string, content: string, id: string | undefined) {
      lastId = id ?? lastId;
      return listener.event(name, content);
    },
  };
  const showLost = () => {
    lostAt ??= Date.now();
    const isOffline = !navigator.onLine || Date.now() - lostAt >= OFFLINE_AFTER;
    listener.connection(isOffline ? "offline" : "reconnecting");
  };

  listener.connection("connecting");
  while (!closing.aborted) {
    const outcome = await listenOnce(runId, token, lastId, handlers, closing);
    if (closing.aborted) return;
    if (outcome.kind === "ended") return listener.connection("closed");
    if (outcome.kind !== "cut") return listener.refused(outcome.kind);
    showLost();
    // A random factor varies the wait, so that not all clients reconnect at the same time.
    await pause(Math.max(outcome.retryAfter, wait * (0.75 + Math.random() / 2)), closing);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}
