import { useEffect, useRef, useState } from "react";
import { call } from "../api/client";
import type { LogLine, Page } from "../api/types";

/** The time in milliseconds between two reads of the log while the run is active. */
const POLL_MS = 4_000;
/**
 * The delay of the last read in milliseconds. Airflow delivers a task's last lines after the task's
 * end.
 */
const LAST_POLL_AFTER_MS = 1_000;
const MOST_LINES = 2_000;

/** The full pages, which do not change any more, and the cursor of the next page. */
interface Read {
  readonly lines: readonly LogLine[];
  readonly cursor: string | null;
}

export interface LogTail {
  readonly lines: readonly LogLine[] | null;
  readonly error: Error | null;
}

/**
 * Returns the run's log so far. It is read repeatedly while `following`, and for the last time a
 * second after the run has `ended`.
 */
export function useLogTail(runId: number, following: boolean, ended: boolean): LogTail {
  const full = useRef<Read>({ lines: [], cursor: null });
  const [tail, setTail] = useState<LogTail>({ lines: null, error: null });

  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout>;

    async function poll(): Promise<void> {
      try {
        const latest = await readOn(runId, full, leaving.signal);
        const lines = [...full.current.lines, ...latest].slice(-MOST_LINES);
        setTail({ lines, error: null });
      } catch (error) {
        if (leaving.signal.aborted || !(error instanceof Error)) return;
        setTail((before) => ({ ...before, error }));
      }
      if (following && !leaving.signal.aborted) timer = setTimeout(poll, POLL_MS);
    }

    if (ended) timer = setTimeout(poll, LAST_POLL_AFTER_MS);
    else if (following) void poll();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [runId, following, ended]);

  return tail;
}

/** Reads all pages after those in `full`, and adds the full ones to it. */
async function readOn(
  runId: number,
  full: { current: Read },
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  for (;;) {
    const { lines, cursor } = full.current;
    const page = await call<Page<LogLine>>(`/runs/${runId}/logs`, {
      query: { limit: 500, cursor },
      signal,
    });
    if (page.next_cursor === null) return page.items;
    full.current = {
      lines: [...lines, ...page.items].slice(-MOST_LINES),
      cursor: page.next_cursor,
    };
  }
}
