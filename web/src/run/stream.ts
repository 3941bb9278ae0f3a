/** The progress of one run, for as long as it goes on: connected again after every cut. */

import { listenOnce } from "./connection";
import { pause } from "./network";

export type Connection = "connecting" | "live" | "reconnecting" | "offline" | "closed";

export interface StreamListener {
  /** Returns whether the run goes on after this event. */
  event(name: string, content: string): boolean;
  connection(state: Connection): void;
  refused(why: "signed_out" | "missing"): void;
}

/** Milliseconds. */
const FIRST_WAIT = 400;
const LONGEST_WAIT = 8_000;
/** Out of reach for so long counts as offline. */
const OFFLINE_AFTER = 2_000;

/** Returns what closes it. */
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
  const ears = {
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
    const away = !navigator.onLine || Date.now() - lostAt >= OFFLINE_AFTER;
    listener.connection(away ? "offline" : "reconnecting");
  };

  listener.connection("connecting");
  while (!closing.aborted) {
    const outcome = await listenOnce(runId, token, lastId, ears, closing);
    if (closing.aborted) return;
    if (outcome.kind === "ended") return listener.connection("closed");
    if (outcome.kind !== "cut") return listener.refused(outcome.kind);
    showLost();
    // everyone's wait differs, so that not all come back at once
    await pause(Math.max(outcome.retryAfter, wait * (0.75 + Math.random() / 2)), closing);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}
