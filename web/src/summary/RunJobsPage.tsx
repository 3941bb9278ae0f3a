import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "wouter";
import { allRunJobsQuery, type RunJobsFilters } from "../api/queries";
import type { JobReport, JobStatus } from "../api/types";
import { JobLink } from "../jobs/JobLink";
import { isNotReached, JOB_LABELS } from "../run/states";
import { JobBadge } from "../ui/Badge";
import { More } from "../ui/More";
import { Failed } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import styles from "./RunJobsPage.module.css";

/** The page of the postings that a number of a run counts, such as those that failed. The page's
 * address has the filters that select them. */
export function RunJobsPage({ runId }: { readonly runId: number }) {
  const [params] = useSearchParams();
  const filters = {
    status: params.get("status"),
    company: params.get("company"),
    added: params.get("added"),
    listed: params.get("listed"),
    error: params.getAll("error"),
  };
  const jobs = useInfiniteQuery(allRunJobsQuery(runId, filters));
  return (
    <div className="stack">
      <PageTitle title={`${kindOf(filters)} postings of run ${runId}`}>
        <Link href={`/runs/${runId}/summary`}>Run {runId}</Link>
      </PageTitle>
      {filters.company !== null && <p className="muted">Only {filters.company}</p>}
      {jobs.error && (
        <Failed
          error={jobs.error}
          what="The postings can’t be shown"
          onRetry={() => jobs.refetch()}
        />
      )}
      {jobs.isPending && <p className="muted">Loading postings…</p>}
      {jobs.data?.length === 0 && <p className="muted">No posting.</p>}
      {jobs.data && jobs.data.length > 0 && (
        <ul className="card rows">
          {jobs.data.map((job) => (
            <Row key={`${job.company} ${job.job_id}`} job={job} />
          ))}
        </ul>
      )}
      <More list={jobs} auto />
    </div>
  );
}

function kindOf({ status, added, listed, error }: RunJobsFilters): string {
  if (added === "true") return "New";
  if (listed === "true") return "Listed";
  if (error.length > 0) return error.every(isNotReached) ? "Not reached" : "Failed";
  return JOB_LABELS[status as JobStatus] ?? "All";
}

function Row({ job }: { readonly job: JobReport }) {
  return (
    <li data-testid="run-job">
      <div className={styles.what}>
        <JobLink jobId={job.job_id}>{job.title || job.external_id}</JobLink>
        <span className="muted small wrap-anywhere">
          {[job.company, job.location].filter(Boolean).join(" · ")}
        </span>
        {job.error !== null && <span className="small wrap-anywhere">{job.error.message}</span>}
      </div>
      <JobBadge status={job.status} />
    </li>
  );
}
