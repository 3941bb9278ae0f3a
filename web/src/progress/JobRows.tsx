import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef } from "react";
import { JobLink } from "../jobs/JobLink";
import type { WatchedJob } from "../run/jobTable";
import { JobBadge } from "../ui/Badge";
import styles from "./JobList.module.css";

/** The height of a row in pixels. */
const ROW = 56;

export function JobRows({ jobs }: { readonly jobs: readonly WatchedJob[] }) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: jobs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section ref={scroller} className={styles.scroller} tabIndex={0} aria-label="List of postings">
      <ul className={styles.rows} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const job = jobs[index];
          return job === undefined ? null : (
            <JobRow
              key={`${job.company}/${job.externalId}`}
              job={job}
              position={index + 1}
              of={jobs.length}
              top={start}
            />
          );
        })}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly job: WatchedJob;
  readonly position: number;
  readonly of: number;
  /** The scroll position in pixels from the top of the list. */
  readonly top: number;
}

const JobRow = memo(function JobRow({ job, position, of, top }: RowProps) {
  const name = job.title || job.externalId;
  return (
    <li
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      aria-posinset={position}
      aria-setsize={of}
      data-testid="job-row"
    >
      <div className={styles.what}>
        <span className={styles.title}>
          {job.jobId === null ? name : <JobLink jobId={job.jobId}>{name}</JobLink>}
        </span>
        <span className={styles.company}>{job.company}</span>
      </div>
      <JobBadge status={job.status} />
    </li>
  );
});
