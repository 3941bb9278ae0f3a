/**
 * One connection to a run's progress stream (ADR 10). It uses `fetch` instead of `EventSource`,
 * because an `EventSource` does not reconnect after an error response, hides the reason of the
 * error, and can only send a token in the address.
 */

import { createParser } from "eventsource-parser";
import { listenForSilence, orNull } from "./network";

/** The maximum time in milliseconds from the request to the beginning of the response. */
const CONNECT_TIMEOUT_MS = 5_000;

export type Outcome =
  | { readonly kind: "ended" | "signed_out" | "missing" }
  /**
   * A connection that failed, was lost or got an error response. `retryAfter` is the time in
   * milliseconds that the server asks the client to wait. It is 0 if the server did not ask.
   */
  | { readonly kind: "cut"; readonly retryAfter: number };

export interface StreamHandlers {
  opened(): void;
  /** Handles an event, and returns whether the run is still active after it. */
  event(name: string, content: string, id: string | undefined): boolean;
}

/**
 * Opens a connection, and passes its events to `handlers` until the connection or the run ends.
 * Returns the reason why it ended.
 */
export async function listenOnce(
  runId: number,
  token: string,
  lastId: string | null,
  handlers: StreamHandlers,
  closing: AbortSignal,
): Promise<Outcome> {
  const broken = new AbortController();
  const signal = AbortSignal.any([closing, broken.signal]);
  const connectTimer = setTimeout(() => broken.abort(), CONNECT_TIMEOUT_MS);
  const response = await orNull(
    fetch(`/api/ingestion/progress/${runId}`, {
      headers: {
        Accept: "text/event-stream",
        Authorization: `Bearer ${token}`,
        ...(lastId === null ? {} : { "Last-Event-ID": lastId }),
      },
      cache: "no-store",
      signal,
    }),
  );
  clearTimeout(connectTimer);
  if (response === null) return { kind: "cut", retryAfter: 0 };
  if (response.status === 401) return { kind: "signed_out" };
  if (response.status === 404) return { kind: "missing" };
  if (response.status === 204) return { kind: "ended" };
  if (!response.ok || response.body === null) {
    return { kind: "cut", retryAfter: Number(response.headers.get("Retry-After") ?? 0) * 1_000 };
  }
  handlers.opened();
  const ended = await read(response.body, handlers, () => broken.abort());
  return ended ? { kind: "ended" } : { kind: "cut", retryAfter: 0 };
}

/** Reads events until the response or the run ends, and returns whether the run has ended. */
async function read(
  body: ReadableStream<Uint8Array>,
  handlers: StreamHandlers,
  onSilence: () => void,
): Promise<boolean> {
  let isActive = true;
  const parser = createParser({
    onEvent: ({ event = "message", data, id }) => {
      isActive = handlers.event(event, data, id) && isActive;
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const silence = listenForSilence(onSilence);
  try {
    while (isActive) {
      const chunk = await orNull(reader.read());
      if (chunk === null || chunk.done) return false;
      silence.heard();
      parser.feed(decoder.decode(chunk.value, { stream: true }));
    }
    await orNull(reader.cancel());
    return true;
  } finally {
    silence.stop();
  }
}
