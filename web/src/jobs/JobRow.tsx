import { Link } from "wouter";
import type { FoundPosting } from "../api/types";
import { Ago } from "../ui/Ago";
import { Badge } from "../ui/Badge";
import { day, fieldLabel } from "../ui/format";
import { WORKPLACE_LABELS } from "../ui/workplaces";
import styles from "./JobRow.module.css";
import { EMPLOYMENT_LABELS, STATE_LABELS, STATE_TONES } from "./labels";
import { Tracker } from "./Tracker";
import { Variants } from "./Variants";

/** One posting of the list. */
export function JobRow({ job }: { readonly job: FoundPosting }) {
  return (
    <li className={styles.row} data-testid="job">
      <div className={styles.what}>
        <Link href={`/jobs/${job.job_id}`} className={styles.title}>
          {job.title}
        </Link>
        <span className="muted small wrap-anywhere">{about(job).join(" · ")}</span>
        <Variants variants={job.variants} />
        {job.last_change !== null && (
          <span className="muted small">
            changed <Ago time={job.last_change.changed_at} />:{" "}
            {job.last_change.fields.map(fieldLabel).join(", ")}
          </span>
        )}
      </div>
      <span className={styles.since}>
        {job.posted_at === null ? "first seen" : "posted"}{" "}
        <Ago time={job.posted_at ?? job.first_seen_at} />
        {job.valid_through !== null && `, closes ${day(job.valid_through)}`}
      </span>
      <Badge tone={STATE_TONES[job.state]}>{STATE_LABELS[job.state]}</Badge>
      <Tracker jobId={job.job_id} title={job.title} tracking={job.tracking} />
    </li>
  );
}

function about(job: FoundPosting): readonly string[] {
  return [
    job.company_name,
    job.location,
    job.workplace && WORKPLACE_LABELS[job.workplace],
    ...job.employment_types.map((kind) => EMPLOYMENT_LABELS[kind]),
    job.salary?.raw,
  ].filter((part): part is string => Boolean(part));
}
