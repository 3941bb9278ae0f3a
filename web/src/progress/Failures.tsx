import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { useLocation } from "wouter";
import { runJobsQuery, useRetry } from "../api/queries";
import { useClaims } from "../session/useToken";
import { count, plural } from "../ui/format";
import { Failed } from "../ui/Notice";
import { FailureRow } from "./FailureRow";
import styles from "./Failures.module.css";

interface Props {
  readonly runId: number;
  readonly failed: number;
  /** The number of failed jobs that the run did not reach before it ended. They are not listed. */
  readonly unread: number;
  /**
   * The failure codes and their numbers of jobs, as one text. A text, unlike an object, is equal if
   * its content is equal, so `memo` renders the component again only when a number changes.
   */
  readonly reasons: string;
  readonly ended: boolean;
}

/** The jobs that failed, the reason of each failure, and a button that retries the jobs. */
export const Failures = memo(function Failures({ runId, failed, unread, reasons, ended }: Props) {
  const [, navigate] = useLocation();
  const jobs = useQuery(runJobsQuery(runId, "failed", failed));
  const isReadOnly = useClaims()?.onlyRun != null;
  const retry = useRetry(runId);
  return (
    <section className="stack" aria-labelledby="failures">
      <div className="row" data-spread>
        <div className="row">
          <h2 id="failures">
            {failed > unread && plural(failed - unread, "failure")}
            {unread > 0 && (
              <span className="muted">
                {failed > unread && ", "}
                {count(unread)} not reached
              </span>
            )}
          </h2>
          <span className="muted wrap-anywhere" data-testid="failure-reasons">
            {reasons}
          </span>
        </div>
        {!isReadOnly && (
          <button
            type="button"
            className="button"
            disabled={!ended || retry.isPending}
            onClick={() =>
              retry.mutate(undefined, { onSuccess: ({ run_id }) => navigate(`/runs/${run_id}`) })
            }
          >
            {retry.isPending ? "Starting…" : "Retry failed"}
          </button>
        )}
      </div>
      {!ended && <p className="muted small">They can be retried when this run has ended.</p>}
      {retry.error && <Failed error={retry.error} what="Couldn’t retry" />}
      {jobs.error && <Failed error={jobs.error} what="The reasons can't be shown" />}
      <ul className={`card ${styles.list}`}>
        {jobs.data?.items.map((job) => (
          <FailureRow key={job.job_id} job={job} />
        ))}
        {jobs.data?.next_cursor && <li className="muted">Only the first 200 are shown.</li>}
      </ul>
    </section>
  );
});
