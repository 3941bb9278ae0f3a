/** Waiting for a network that may be gone, and finding out that it is. All times in milliseconds. */

/** Silence and a probe's answer together stay below three seconds. */
const SILENT_AFTER = 1_400;
const PROBE_WITHIN = 1_000;
const LOOK_EVERY = 400;

/** Null when the network, or whoever aborted the request, is the reason for a failure. */
export async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    // fetch and stream readers: TypeError for the network, DOMException for an abort
    if (error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

/**
 * A connection that says nothing may be idle or dead, and TCP takes minutes to tell. After a short
 * silence the server is asked whether it lives; only its silence then counts.
 */
export function listenForSilence(onDead: () => void): { heard(): void; stop(): void } {
  let heardAt = Date.now();
  let probing = false;
  const timer = setInterval(async () => {
    if (probing || document.hidden || Date.now() - heardAt < SILENT_AFTER) return;
    probing = true;
    const answer = await orNull(
      fetch("/live", { cache: "no-store", signal: AbortSignal.timeout(PROBE_WITHIN) }),
    );
    probing = false;
    if (answer?.ok) heardAt = Date.now();
    else if (Date.now() - heardAt >= SILENT_AFTER) onDead();
  }, LOOK_EVERY);
  return {
    heard: () => {
      heardAt = Date.now();
    },
    stop: () => clearInterval(timer),
  };
}

/** Ends early when the network comes back, the page is looked at again, or `signal` aborts. */
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
