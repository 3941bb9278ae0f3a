import type { JobDetail } from "../api/types";
import { Ago } from "../ui/Ago";
import { day, plural } from "../ui/format";
import styles from "./Facts.module.css";

/**
 * Facts that help a user to judge whether the posting is real and open. No score is computed from
 * them.
 */
export function Evidence({ job }: { readonly job: JobDetail }) {
  const since = job.posted_at ?? job.first_seen_at;
  const deadline = job.valid_through;
  return (
    <section className="card stack" aria-labelledby="evidence">
      <h2 id="evidence">Is it real?</h2>
      <dl className={styles.facts} data-testid="evidence">
        <div>
          <dt>First seen</dt>
          <dd>{day(job.first_seen_at)}</dd>
        </div>
        <div>
          <dt>{job.posted_at ? "Posted" : "Age"}</dt>
          <dd>
            <Ago time={since} />
          </dd>
        </div>
        <div>
          <dt>Listed again after it was gone</dt>
          <dd>{job.relisted === 0 ? "never" : plural(job.relisted, "time")}</dd>
        </div>
        <div>
          <dt>Text changed</dt>
          <dd>{job.versions.length === 0 ? "never" : plural(job.versions.length, "time")}</dd>
        </div>
        <div>
          <dt>Company last checked</dt>
          <dd>{job.checked_at === null ? "never" : <Ago time={job.checked_at} />}</dd>
        </div>
        {deadline != null && (
          <div>
            <dt>Deadline</dt>
            <dd>
              {day(deadline)}
              {Date.parse(deadline) < Date.now() && ", passed"}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
