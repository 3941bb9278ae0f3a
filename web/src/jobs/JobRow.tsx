import { Link } from "wouter";
import type { JobReport } from "../api/types";
import { JobBadge } from "../ui/Badge";
import { day } from "../ui/format";
import styles from "./JobRow.module.css";

export function JobRow({ job }: { readonly job: JobReport }) {
  const about = [job.company, ...(job.location ? [job.location] : [])].join(" · ");
  return (
    <li className={styles.row} data-testid="job">
      <div className={styles.what}>
        <Link href={`/jobs/${job.job_id}`} className={styles.title}>
          {job.title}
        </Link>
        <span className="muted small wrap-anywhere">{about}</span>
      </div>
      <span className={styles.since}>since {day(job.first_seen_at)}</span>
      <JobBadge status={job.status} />
    </li>
  );
}
