import { useEffect, useMemo, useSyncExternalStore } from "react";
import { endRefusedSession } from "../session/session";
import { useToken } from "../session/useToken";
import { type Watched, watchRun } from "./watch";

/** The run as it goes on, watched while the component that asks is there. */
export function useWatchedRun(runId: number): Watched {
  const token = useToken();
  const watch = useMemo(() => watchRun(runId), [runId]);
  useEffect(
    () => (token === null ? undefined : watch.open(token, endRefusedSession)),
    [watch, token],
  );
  return useSyncExternalStore(watch.subscribe, watch.snapshot);
}
