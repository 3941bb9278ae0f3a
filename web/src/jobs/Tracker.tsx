import { useTrack } from "../api/queries";
import type { Tracking, TrackingState } from "../api/types";
import { Failed } from "../ui/Notice";
import { TRACKING_LABELS } from "./labels";
import styles from "./Tracker.module.css";

interface Props {
  readonly jobId: number;
  readonly title: string;
  readonly tracking: Tracking | null;
}

/** The controls with which a user sets the state of a posting, such as *applied*, or hides it. */
export function Tracker({ jobId, title, tracking }: Props) {
  const track = useTrack();
  const hidden = tracking?.hidden ?? false;
  return (
    <span className={styles.tracker}>
      <select
        className="input"
        aria-label={`Your state of ${title}`}
        value={tracking?.state ?? ""}
        disabled={track.isPending}
        onChange={({ target }) =>
          track.mutate({
            jobId,
            changes: { state: (target.value || null) as TrackingState | null },
          })
        }
      >
        <option value="">Not tracked</option>
        {Object.entries(TRACKING_LABELS).map(([state, label]) => (
          <option key={state} value={state}>
            {label}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="button"
        data-size="small"
        data-kind="quiet"
        aria-label={`${hidden ? "Show" : "Hide"} ${title}`}
        disabled={track.isPending}
        onClick={() => track.mutate({ jobId, changes: { hidden: !hidden } })}
      >
        {hidden ? "Show again" : "Hide"}
      </button>
      {track.error && <Failed error={track.error} what="The change can't be saved" />}
    </span>
  );
}
