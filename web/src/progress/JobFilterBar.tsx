import type { JobStatus } from "../api/types";
import { JOB_LABELS, JOB_STATUSES, type Tally } from "../run/states";
import { count } from "../ui/format";
import styles from "./JobList.module.css";

interface Props {
  readonly tally: Tally;
  readonly status: JobStatus | null;
  readonly onStatus: (status: JobStatus | null) => void;
  readonly words: string;
  readonly onWords: (words: string) => void;
}

export function JobFilterBar({ tally, status, onStatus, words, onWords }: Props) {
  const shownStatuses = JOB_STATUSES.filter((each) => tally[each] > 0 || each === status);
  return (
    <div className={styles.filters}>
      <input
        type="search"
        className="input"
        placeholder="Find by title, company or id"
        aria-label="Find postings"
        value={words}
        onChange={(event) => onWords(event.target.value)}
      />
      {shownStatuses.length > 0 && (
        <fieldset className={styles.chips}>
          <legend className="visually-hidden">Show only</legend>
          {shownStatuses.map((each) => (
            <button
              key={each}
              type="button"
              className={styles.chip}
              aria-pressed={each === status}
              onClick={() => onStatus(each === status ? null : each)}
            >
              {JOB_LABELS[each]} <strong>{count(tally[each])}</strong>
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
