import { JOB_STATUSES, type Tally } from "../run/states";
import { JOB_TONES } from "./Badge";
import styles from "./OutcomeBar.module.css";

interface Props {
  readonly tally: Tally;
  /** The number that the whole width stands for; by default the sum of the tally. */
  readonly of?: number;
}

/**
 * A bar with one part for each status of jobs, in proportion to the number of jobs. It is hidden
 * from screen readers, because the same numbers stand beside it as text.
 */
export function OutcomeBar({ tally, of }: Props) {
  const whole = of ?? JOB_STATUSES.reduce((sum, status) => sum + tally[status], 0);
  const order = ["ready", "skipped", "expired", "failed", "extracting", "crawling"] as const;
  return (
    <div className={styles.bar} aria-hidden="true">
      {order
        .filter((status) => tally[status] > 0)
        .map((status) => (
          <span
            key={status}
            className={styles.part}
            data-tone={JOB_TONES[status]}
            style={{ width: `${(100 * tally[status]) / whole}%` }}
          />
        ))}
    </div>
  );
}
