/** Detects a lost network, and waits until it is back. All times are in milliseconds. */

/** The limits for silence and for a probe. Together they are below three seconds. */
const SILENT_AFTER = 1_400;
const PROBE_WITHIN = 1_000;
const LOOK_EVERY = 400;

/** Returns null if the network or an abort makes the promise fail. Throws any other error. */
export async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    // fetch and stream readers throw TypeError for the network and DOMException for an abort.
    if (error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * Detects a dead connection. TCP takes minutes to report one, so the server is probed after a short
 * silence.
 */
export function listenForSilence(onDead: () => void): { heard(): void; stop(): void } {
  let receivedAt = Date.now();
  let probing = false;
  const timer = setInterval(async () => {
    if (probing || document.hidden || Date.now() - receivedAt < SILENT_AFTER) return;
    probing = true;
    const answer = await orNull(
      fetch("/live", { cache: "no-store", signal: AbortSignal.timeout(PROBE_WITHIN) }),
    );
    probing = false;
    if (answer?.ok) receivedAt = Date.now();
    else if (Date.now() - receivedAt >= SILENT_AFTER) onDead();
  }, LOOK_EVERY);
  return {
    heard: () => {
      receivedAt = Date.now();
    },
    stop: () => clearInterval(timer),
  };
}

/** Waits. Ends early if the network comes back, the page becomes visible, or `signal` aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = () => {
      clearTimeout(timer);
      done.abort();
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { signal: done.signal });
    window.addEventListener("online", end, { signal: done.signal });
    document.addEventListener("visibilitychange", () => document.hidden || end(), {
      signal: done.signal,
    });
    if (signal.aborted) end();
  });
}
