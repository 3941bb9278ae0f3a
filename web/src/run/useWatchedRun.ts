import { useEffect, useMemo, useSyncExternalStore } from "react";
import { endRefusedSession } from "../session/session";
import { useToken } from "../session/useToken";
import { type Watched, watchRun } from "./watch";

/** Returns the latest state of the run. The run is watched while the component is mounted. */
export function useWatchedRun(runId: number): Watched {
  const token = useToken();
  const watch = useMemo(() => watchRun(runId), [runId]);
  useEffect(
    () => (token === null ? undefined : watch.open(token, endRefusedSession)),
    [watch, token],
  );
  return useSyncExternalStore(watch.subscribe, watch.snapshot);
}
