import type { JobReport } from "../api/types";
import { JobLink } from "../jobs/JobLink";
import { isNotReached } from "../run/states";
import { plural } from "../ui/format";
import styles from "./Failures.module.css";

/** One failed job, and the reason why it failed. */
export function FailureRow({ job }: { readonly job: JobReport }) {
  const reached = job.error === null || !isNotReached(job.error.code);
  return (
    <li className={styles.row} data-testid="failure">
      <JobLink jobId={job.job_id}>{job.title}</JobLink>
      <span className="muted small">{job.company}</span>
      <p className={reached ? styles.reason : "muted small"}>
        {job.error === null ? (
          "The reason is unknown."
        ) : !reached ? (
          "Not reached: the run ended before this posting was read."
        ) : (
          <>
            <code title={job.error.meaning}>{job.error.code}</code> {job.error.message} ·{" "}
            {plural(job.error.attempts, "attempt")}
          </>
        )}
      </p>
    </li>
  );
}
