import type { JobReport } from "../api/types";
import { JobLink } from "../jobs/JobLink";
import { plural } from "../ui/format";
import styles from "./Failures.module.css";

export function FailureRow({ job }: { readonly job: JobReport }) {
  return (
    <li className={styles.row} data-testid="failure">
      <JobLink jobId={job.job_id}>{job.title}</JobLink>
      <span className="muted small">{job.company}</span>
      <p className={styles.reason}>
        {job.error === null ? (
          "No reason was kept."
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
