import { useEffect, useRef, useState } from "react";
import { call } from "../api/client";
import type { LogLine, Page } from "../api/types";

/** The time in milliseconds between two reads of the log while the run is active. */
const POLL_MS = 4_000;
/**
 * The time in milliseconds from the end of the run to the last read of the log. The wait is needed
 * because Airflow delivers the last lines of a task after the task's end.
 */
const LAST_POLL_AFTER_MS = 1_000;
const MAX_LINES = 2_000;

/** The lines of all full pages of the log, and the cursor of the next page. A full page does not
 * change any more, so it is read only once. */
interface FullPages {
  readonly lines: readonly LogLine[];
  readonly cursor: string | null;
}

export interface LogTail {
  readonly lines: readonly LogLine[] | null;
  readonly error: Error | null;
}

/**
 * Returns the run's log as read so far. The log is read repeatedly while `following`, and for the
 * last time one second after `ended` becomes true.
 */
export function useLogTail(runId: number, following: boolean, ended: boolean): LogTail {
  const full = useRef<FullPages>({ lines: [], cursor: null });
  const [tail, setTail] = useState<LogTail>({ lines: null, error: null });

  useEffect(() => {
    const unmounting = new AbortController();
    let timer: ReturnType<typeof setTimeout>;

    async function poll(): Promise<void> {
      try {
        const latest = await readNewPages(runId, full, unmounting.signal);
        const lines = [...full.current.lines, ...latest].slice(-MAX_LINES);
        setTail({ lines, error: null });
      } catch (error) {
        if (unmounting.signal.aborted || !(error instanceof Error)) return;
        setTail((before) => ({ ...before, error }));
      }
      if (following && !unmounting.signal.aborted) timer = setTimeout(poll, POLL_MS);
    }

    if (ended) timer = setTimeout(poll, LAST_POLL_AFTER_MS);
    else if (following) void poll();
    return () => {
      unmounting.abort();
      clearTimeout(timer);
    };
  }, [runId, following, ended]);

  return tail;
}

/** Reads the pages of the log that follow the pages in `full`. Adds the lines of full pages to
 * `full`, and returns the lines of the last page, which is not full yet. */
async function readNewPages(
  runId: number,
  full: { current: FullPages },
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
      lines: [...lines, ...page.items].slice(-MAX_LINES),
      cursor: page.next_cursor,
    };
  }
}
