/** Detects a lost network, and waits until it is back. All times are in milliseconds. */

/** The time without data after which the server is probed, and the maximum time of the probe.
 * Together they are less than three seconds. */
const SILENT_AFTER_MS = 1_400;
const PROBE_TIMEOUT_MS = 1_000;
const CHECK_EVERY_MS = 400;

/** Returns the value of the promise, or null if it fails because of the network or an abort. Throws
 * any other error. */
export async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    // If the network fails, fetch and stream readers throw TypeError. If they are aborted, they
    // throw DOMException.
    if (error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * Calls `onDead` when a connection is dead. TCP takes minutes to report a dead connection.
 * Therefore the server is probed with a request after a short time without data. The caller calls
 * `heard` whenever data arrive, and `stop` at the end.
 */
export function listenForSilence(onDead: () => void): { heard(): void; stop(): void } {
  let receivedAt = Date.now();
  let probing = false;
  const timer = setInterval(async () => {
    if (probing || document.hidden || Date.now() - receivedAt < SILENT_AFTER_MS) return;
    probing = true;
    const answer = await orNull(
      fetch("/live", { cache: "no-store", signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }),
    );
    probing = false;
    if (answer?.ok) receivedAt = Date.now();
    else if (Date.now() - receivedAt >= SILENT_AFTER_MS) onDead();
  }, CHECK_EVERY_MS);
  return {
    heard: () => {
      receivedAt = Date.now();
    },
    stop: () => clearInterval(timer),
  };
}

/** Waits for `milliseconds`. The wait ends early if the network comes back, the page becomes
 * visible, or `signal` aborts. */
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
