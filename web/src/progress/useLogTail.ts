import { useEffect, useRef, useState } from "react";
import { call } from "../api/client";
import type { LogLine, Page } from "../api/types";

/** Milliseconds between two looks while the run goes on. */
const LOOK_EVERY = 4_000;
/** Airflow hands in a task's last lines after the task's end. */
const LAST_LOOK_AFTER = 1_000;
const MOST_LINES = 2_000;

/** Full pages, which change no more, and where the next one begins. */
interface Read {
  readonly lines: readonly LogLine[];
  readonly cursor: string | null;
}

export interface LogTail {
  readonly lines: readonly LogLine[] | null;
  readonly error: Error | null;
}

/**
 * The run's log so far; while `following`, again and again. Once `ended`, one last look a second
 * later.
 */
export function useLogTail(runId: number, following: boolean, ended: boolean): LogTail {
  const full = useRef<Read>({ lines: [], cursor: null });
  const [tail, setTail] = useState<LogTail>({ lines: null, error: null });

  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout>;

    async function look(): Promise<void> {
      try {
        const latest = await readOn(runId, full, leaving.signal);
        const lines = [...full.current.lines, ...latest].slice(-MOST_LINES);
        setTail({ lines, error: null });
      } catch (error) {
        if (leaving.signal.aborted || !(error instanceof Error)) return;
        setTail((before) => ({ ...before, error }));
      }
      if (following && !leaving.signal.aborted) timer = setTimeout(look, LOOK_EVERY);
    }

    if (ended) timer = setTimeout(look, LAST_LOOK_AFTER);
    else if (following) void look();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [runId, following, ended]);

  return tail;
}

/** Reads every page there is from where `full` ends, and adds those to it that are full. */
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
