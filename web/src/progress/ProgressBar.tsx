import type { Tally } from "../run/states";
import { OutcomeBar } from "../ui/OutcomeBar";
import styles from "./Overview.module.css";

interface Props {
  /** The number of jobs that are done; null while it is unknown. */
  readonly done: number | null;
  readonly all: number;
  readonly tally: Tally;
  readonly moving: boolean;
  readonly ended: boolean;
}

export function ProgressBar({ done, all, tally, moving, ended }: Props) {
  if (done === null) {
    return (
      <div
        className={styles.unknown}
        role="progressbar"
        aria-label="Postings done"
        aria-valuetext={ended ? "ended" : "not known yet"}
        data-moving={moving}
      />
    );
  }
  return (
    <div
      className={styles.known}
      role="progressbar"
      aria-label="Postings done"
      aria-valuemin={0}
      aria-valuemax={all}
      aria-valuenow={done}
    >
      <OutcomeBar tally={tally} of={all} />
    </div>
  );
}
