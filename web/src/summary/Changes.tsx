import { useInfiniteQuery } from "@tanstack/react-query";
import { changesQuery } from "../api/queries";
import { JobLink } from "../jobs/JobLink";
import { FieldChanges } from "../ui/FieldChanges";
import { fieldLabel, plural } from "../ui/format";
import { More } from "../ui/More";
import { Failed } from "../ui/Notice";
import styles from "./Changes.module.css";

/** The postings that changed for the user in this run. Each shows its changed fields. */
export function Changes({ runId }: { readonly runId: number }) {
  const changes = useInfiniteQuery(changesQuery(runId));
  if (changes.error) return <Failed error={changes.error} what="The changes can't be shown" />;
  if (!changes.data || changes.data.total === 0) return null;
  const { items, total } = changes.data;
  return (
    <section className="stack" aria-labelledby="changes">
      <h2 id="changes">{plural(total, "updated posting")}</h2>
      <ul className={styles.list}>
        {items.map((job) => (
          <li key={job.job_id} className="card" data-testid="change">
            <details open={total <= 3}>
              <summary className={styles.summary}>
                <span className={styles.title}>{job.title}</span>
                <span className="muted small wrap-anywhere">
                  {job.company} · {Object.keys(job.changes).map(fieldLabel).join(", ")}
                </span>
              </summary>
              <FieldChanges changes={job.changes} />
              <JobLink jobId={job.job_id}>Open the posting</JobLink>
            </details>
          </li>
        ))}
      </ul>
      <More list={changes} />
    </section>
  );
}
